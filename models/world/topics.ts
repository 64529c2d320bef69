// Topics of the seeded world's items, in words that a language model knows.

export interface Topic {
  readonly name: string;
  readonly words: readonly string[];
}

export const TOPICS: readonly Topic[] = [
  { name: 'travel', words: ['island', 'railway', 'harbour', 'border', 'passport', 'desert'] },
  { name: 'cooking', words: ['bread', 'kitchen', 'pepper', 'soup', 'harvest', 'oven'] },
  { name: 'space', words: ['orbit', 'comet', 'rocket', 'lunar', 'telescope', 'galaxy'] },
  { name: 'crime', words: ['detective', 'alibi', 'heist', 'witness', 'verdict', 'poison'] },
  { name: 'music', words: ['piano', 'chorus', 'rehearsal', 'melody', 'drummer', 'concert'] },
  { name: 'nature', words: ['forest', 'otter', 'river', 'glacier', 'meadow', 'eagle'] },
  { name: 'history', words: ['empire', 'treaty', 'archive', 'castle', 'revolt', 'dynasty'] },
  { name: 'sport', words: ['stadium', 'marathon', 'referee', 'goal', 'champion', 'sprint'] },
];
