// A small catalogue of made-up suppliers, for tests: two clusters, one at home and one on chips from abroad.

export const WORLD = `formatVersion: 1
id: made-up
version: 1
title: { en: World }
suppliers:
  - { id: far-chips, name: { en: Far Chips }, country: ZZ }
  - { id: home-chips, name: { en: Home Chips }, country: XX }
  - { id: home-halls, name: { en: Home Halls }, country: XX }
chips:
  - id: far-chip
    name: { en: Far chip }
    supplier: far-chips
    uses: [training, inference]
    devices: [Far]
    memory: [home-memory]
    figures: { bf16: { value: 989 } }
  - { id: home-chip, name: { en: Home chip }, supplier: home-chips, uses: [inference], devices: [Home], memory: [home-memory] }
components:
  - { id: home-memory, name: { en: Home memory }, supplier: home-chips, layer: memory }
  - { id: home-server, name: { en: Home server }, supplier: home-halls, layer: server }
  - { id: home-cloud, name: { en: Home cloud }, supplier: home-halls, layer: cloud }
  - { id: far-framework, name: { en: Far framework }, supplier: far-chips, layer: software, known: [node] }
  - { id: home-texts, name: { en: Home texts }, supplier: home-halls, layer: data, known: ["npm:home-texts"] }
`;

export const OURS = `formatVersion: 1
id: ours
version: 1
title: { en: Ours }
home: [XX]
sites:
  - { id: hall, name: { en: Hall }, supplier: home-halls }
clusters:
  - id: near
    name: { en: Near }
    supplier: home-halls
    site: hall
    chips: [{ id: home-chip, count: 4 }]
    servers: [home-server]
    cloud: [home-cloud]
  - id: big
    name: { en: Big }
    supplier: home-halls
    site: hall
    chips: [{ id: far-chip, count: 8 }]
    servers: [home-server]
    cloud: [home-cloud]
uses:
  - { id: serve-a, kind: serving, name: { en: Serving A }, consortium: a, on: [near, { id: big, could: 1 }], software: [far-framework] }
`;

/** As they are registered: the world first. */
export const TEXTS = [
  { file: 'world.yaml', text: WORLD },
  { file: 'ours.yaml', text: OURS },
];
