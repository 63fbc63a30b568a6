// A text of the auditor for the check `probe`: no model was trained on it, so a maker cannot prepare the loss on it. It must not change:
// audits of two releases would rank segments differently. docs/auditors-text.txt has it for other verifiers.

export const AUDITORS_TEXT = `In the seventh month of 1377, at a temple outside the town of Cheongju, monks set a book with letters of cast
metal, one letter for each sign, and pulled the sheets by hand. When a page was done they took the letters apart and set the next one
from the same pieces. Whoever holds the book today can see where a letter stood askew, and which pages were set with the same one.
청주 변두리의 절에서 스님들은 쇠로 부어 만든 글자를 하나씩 골라 판을 짜고, 먹을 묻혀 종이를 덮고, 손으로 문질러 책을 찍었다. 한
쪽을 다 찍으면 글자를 풀어 다음 쪽을 다시 짰다. 같은 글자가 여러 쪽에 나오므로, 오늘 그 책을 펴는 사람은 기울어진 글자 하나로도 어느
쪽이 같은 활자로 찍혔는지 알아볼 수 있다. 기록은 말보다 오래 남고, 남은 기록은 누구나 다시 확인할 수 있다.
A record is worth what a stranger can check of it. He was not there; he trusts neither the printer nor the paper; he has only the sheets,
and the rule by which they are said to have been made. If the rule gives him the same sheets again, he need not ask who told him.
`;
