// What each opcode of a pickle does. Left out are those of protocol 0, which spell values as text, and those that import or build
// whatever a file names.
import type { PickleMachine } from "./machine.ts";
import { itemsOf, kindOf, PickleObject, type PickleValue, stringOf, Tuple } from "./values.ts";

type Operation = (machine: PickleMachine) => void;

/** Latin-1: each byte is the character of its number. */
export function fromLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

const push =
  (read: (machine: PickleMachine) => PickleValue): Operation =>
  (machine) =>
    machine.push(read(machine));

const tupleOf = (count: number): Operation =>
  push((m) => new Tuple(Array.from({ length: count }, () => m.pop()).reverse()));

function setItems(m: PickleMachine, pairs: readonly PickleValue[]): void {
  const target = m.top();
  if (!(target instanceof Map)) m.fail(`items are set on ${kindOf(target)}; expected a dictionary`);
  if (pairs.length % 2 !== 0) m.fail("a key has no value");
  for (let i = 0; i < pairs.length; i += 2) target.set(pairs[i]!, pairs[i + 1]!);
}

function append(m: PickleMachine, items: readonly PickleValue[]): void {
  const target = m.top();
  if (!Array.isArray(target)) m.fail(`items are appended to ${kindOf(target)}; expected a list`);
  for (const item of items) target.push(item);
}

function addItems(m: PickleMachine): void {
  const items = m.popMark();
  const target = m.top();
  if (!(target instanceof Set)) m.fail(`items are added to ${kindOf(target)}; expected a set`);
  for (const item of items) target.add(item);
}

function stackGlobal(m: PickleMachine): PickleValue {
  const name = stringOf(m.pop(), "a global's name", m.fail);
  return m.global(stringOf(m.pop(), "a global's module", m.fail), name);
}

function reduce(m: PickleMachine): PickleValue {
  const args = itemsOf(m.pop(), "arguments", m.fail);
  return m.call(m.pop(), args);
}

/** Dictionaries get their attributes this way, as PyTorch's `_metadata`, which say nothing of the weights. */
function build(m: PickleMachine): void {
  const state = m.pop();
  const target = m.top();
  if (target instanceof Map) return;
  if (target instanceof PickleObject && target.setState) target.setState(state, m.fail);
  else m.fail(`state is set on ${kindOf(target)}, which has none`);
}

function persistent(m: PickleMachine, id: PickleValue): PickleValue {
  if (!m.rules.persistent) return m.fail("it refers to something outside of the file");
  return m.rules.persistent(id, m.fail);
}

const dictionaryOf = (m: PickleMachine): PickleValue => {
  const items = m.popMark();
  m.push(new Map());
  setItems(m, items);
  return m.pop();
};

const fixed: PickleValue[] = [];

/** Every opcode that is run, by its byte; the end (`.`) is the caller's. */
export const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [0x80, (m) => checkProtocol(m, m.byte())], // PROTO
  [0x95, (m) => void m.uint64()], // FRAME: a hint for reading ahead
  [code("("), (m) => m.mark()],
  [code("0"), (m) => (m.isAtMark ? void m.popMark() : void m.pop())], // POP
  [code("1"), (m) => void m.popMark()], // POP_MARK
  [code("2"), push((m) => m.top())], // DUP
  [code("N"), push(() => null)],
  [0x88, push(() => true)],
  [0x89, push(() => false)],
  [code("J"), push((m) => m.int32())],
  [code("K"), push((m) => m.byte())],
  [code("M"), push((m) => m.uint16())],
  [0x8a, push((m) => m.long(m.byte()))], // LONG1
  [0x8b, push((m) => m.long(m.uint32()))], // LONG4
  [code("G"), push((m) => m.float64())],
  [code("U"), push((m) => fromLatin1(m.take(m.byte())))], // strings of Python 2
  [code("T"), push((m) => fromLatin1(m.take(m.uint32())))],
  [code("X"), push((m) => m.text(m.uint32()))],
  [0x8c, push((m) => m.text(m.byte()))],
  [0x8d, push((m) => m.text(m.uint64()))],
  [code("B"), push((m) => m.take(m.uint32()))],
  [code("C"), push((m) => m.take(m.byte()))],
  [0x8e, push((m) => m.take(m.uint64()))],
  [0x96, push((m) => m.take(m.uint64()))], // BYTEARRAY8
  [code(")"), push(() => new Tuple(fixed))],
  [0x85, tupleOf(1)],
  [0x86, tupleOf(2)],
  [0x87, tupleOf(3)],
  [code("t"), push((m) => new Tuple(m.popMark()))],
  [code("]"), push(() => [])],
  [code("l"), push((m) => m.popMark())],
  [code("a"), (m) => append(m, [m.pop()])],
  [code("e"), (m) => append(m, m.popMark())],
  [code("}"), push(() => new Map())],
  [code("d"), push(dictionaryOf)],
  [code("s"), (m) => setItems(m, [m.pop(), m.pop()].reverse())],
  [code("u"), (m) => setItems(m, m.popMark())],
  [0x8f, push(() => new Set())], // EMPTY_SET
  [0x90, addItems],
  [0x91, push((m) => new Set(m.popMark()))], // FROZENSET
  [code("q"), (m) => m.memoize(m.byte())],
  [code("r"), (m) => m.memoize(m.uint32())],
  [0x94, (m) => m.memoize()], // MEMOIZE
  [code("h"), push((m) => m.recall(m.byte()))],
  [code("j"), push((m) => m.recall(m.uint32()))],
  [code("c"), push((m) => m.global(m.line(), m.line()))],
  [0x93, push(stackGlobal)],
  [code("R"), push(reduce)],
  [0x81, push(reduce)], // NEWOBJ
  [code("b"), build],
  [code("Q"), push((m) => persistent(m, m.pop()))],
]);

function checkProtocol(m: PickleMachine, protocol: number): void {
  if (protocol < 2 || protocol > 5) m.fail(`protocol ${protocol} is not read; known are 2 to 5`);
}

function code(character: string): number {
  return character.charCodeAt(0);
}
