// What the shop sells.
export interface Product {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** In euros. */
  readonly price: number;
  /** Colour of its picture, degrees of hue. */
  readonly hue: number;
}

export const products: readonly Product[] = [
  { id: 'lamp-arc', title: 'Arc desk lamp', group: 'Lamps', price: 49, hue: 42 },
  { id: 'lamp-paper', title: 'Paper lantern', group: 'Lamps', price: 19, hue: 30 },
  { id: 'lamp-clip', title: 'Clip light', group: 'Lamps', price: 15, hue: 52 },
  { id: 'chair-oak', title: 'Oak chair', group: 'Chairs', price: 120, hue: 24 },
  { id: 'chair-fold', title: 'Folding chair', group: 'Chairs', price: 45, hue: 12 },
  { id: 'stool', title: 'Three-legged stool', group: 'Chairs', price: 39, hue: 18 },
  { id: 'desk-ash', title: 'Ash desk', group: 'Desks', price: 260, hue: 90 },
  { id: 'desk-wall', title: 'Wall desk', group: 'Desks', price: 140, hue: 110 },
  { id: 'shelf-tall', title: 'Tall shelf', group: 'Shelves', price: 99, hue: 160 },
  { id: 'shelf-cube', title: 'Cube shelf', group: 'Shelves', price: 35, hue: 175 },
  { id: 'rug-wool', title: 'Wool rug', group: 'Rugs', price: 180, hue: 260 },
  { id: 'rug-jute', title: 'Jute rug', group: 'Rugs', price: 75, hue: 285 },
];
