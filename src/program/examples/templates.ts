// Templates of rule books that come with Jikji: texts to begin from. What somebody has to choose is marked in them.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { problemsOf, type Title, titleIn } from '../rules/index.ts';

export const TEMPLATES = ['korea-2026', 'research-grant', 'company-gate'] as const;
export type TemplateName = (typeof TEMPLATES)[number];

export interface Template {
  id: TemplateName;
  title: Title;
  /** YAML, with comments. */
  text: string;
  /** How many values are still to be chosen. */
  choices: number;
}

const FOLDER = fileURLToPath(new URL('../../../programs/templates/', import.meta.url));

export function ruleBookTemplate(id: TemplateName): Template {
  const text = readFileSync(`${FOLDER}${id}.yaml`, 'utf8');
  const choices = problemsOf(text).problems.filter(({ code }) => code === 'rule-book-choose').length;
  return { id, title: titleIn(text, id), text, choices };
}

export const ruleBookTemplates = (): Template[] => TEMPLATES.map(ruleBookTemplate);
