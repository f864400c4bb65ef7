/** The sample pictures, with whatever is known beside their pixels. */
import breakfast from '../../../../samples/pictures/table-breakfast.jpg?url';
import desk from '../../../../samples/pictures/desk.jpg?url';
import floorDepth from '../../../../samples/pictures/floor-room.depth.png?url';
import floorDocument from '../../../../samples/pictures/floor-room.json?url';
import floor from '../../../../samples/pictures/floor-room.jpg?url';
import tableDepth from '../../../../samples/pictures/rgbd-table.depth.png?url';
import tableDocument from '../../../../samples/pictures/rgbd-table.json?url';
import table from '../../../../samples/pictures/rgbd-table.jpg?url';
import toys from '../../../../samples/pictures/toys-floor.jpg?url';
import { type Capture, readCapture } from './capture.js';

export interface Sample {
  title: string;
  /** What it comes with. */
  note: string;
  picture: string;
  /** File names to addresses. */
  files: Readonly<Record<string, string>>;
}

export const SAMPLES: readonly Sample[] = [
  {
    title: 'Table top',
    note: 'with depth',
    picture: table,
    files: { 'rgbd-table.jpg': table, 'rgbd-table.depth.png': tableDepth, 'rgbd-table.json': tableDocument },
  },
  { title: 'Breakfast', note: 'picture', picture: breakfast, files: { 'table-breakfast.jpg': breakfast } },
  { title: 'Toys', note: 'picture', picture: toys, files: { 'toys-floor.jpg': toys } },
  { title: 'Desk', note: 'picture', picture: desk, files: { 'desk.jpg': desk } },
  {
    title: 'Room',
    note: 'with depth',
    picture: floor,
    files: { 'floor-room.jpg': floor, 'floor-room.depth.png': floorDepth, 'floor-room.json': floorDocument },
  },
];

export async function readSample({ title, files }: Sample): Promise<Capture> {
  const read = Object.entries(files).map(async ([name, address]) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${name} could not be loaded`);
    const bytes = await answer.arrayBuffer();
    return new File([bytes], name, { type: answer.headers.get('content-type') ?? '' });
  });
  return { ...(await readCapture(await Promise.all(read))), name: title };
}
