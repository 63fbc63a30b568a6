// Conversations: messages, the forms in which data has them, chat templates that turn them into ids, marks of what is learned.
export type { CallForm } from './call-form.ts';
export { ChatTemplate } from './chat-template.ts';
export { ConversationFault, conversationText } from './conversation.ts';
export { ConversationEncoder } from './conversation-encoder.ts';
export { DEFAULT_TEMPLATE } from './default-template.ts';
export { contentsOf, type DocumentKind, type Example, examplesOf } from './example.ts';
export { conversationOf } from './forms.ts';
export { type EncodedConversation, LEARNED } from './marks.ts';
export type { Message, Tool } from './message.ts';
export { pairText } from './pair.ts';
export { pairOf } from './pair-forms.ts';
