// Orders to a trainer whose clock ticks once whenever it is read, so that slices, and races by
// time, are the same on every machine.

/** What a trainer says; after `at` slices, counted from 0, it is given the orders that wait then. */
export function said(Trainer, orders, { later = {}, slice = 20, ticks = 1 } = {}) {
  const messages = [],
    queue = [];
  let clock = 0,
    slices = 0;
  const trainer = new Trainer((message) => messages.push({ ...message, slices }), {
    slice,
    now: () => {
      clock += ticks;
      return clock;
    },
    soon: (then) => queue.push(then),
  });
  for (const order of orders) trainer.take(order);
  const last = Math.max(...Object.keys(later), 0);
  while ((queue.length || slices <= last) && slices < 5000) {
    for (const order of later[slices] ?? []) trainer.take(order);
    slices++;
    queue.shift()?.();
  }
  const plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
  return JSON.parse(JSON.stringify(messages, plain));
}
