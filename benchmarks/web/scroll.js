// For the measurement alone: the middle button scrolls the whole list down and up again, in SCROLL_MS in all.
'use strict';
const SCROLL_MS = 8000;

addEventListener('mousedown', (event) => {
  if (event.button !== 1) return;
  event.preventDefault();
  const list = document.querySelector('#dishes');
  const furthest = list.scrollHeight - list.clientHeight;
  const began = performance.now();
  const step = () => {
    const part = Math.min(1, (performance.now() - began) / SCROLL_MS);
    list.scrollTop = furthest * (1 - Math.abs(1 - 2 * part));
    if (part < 1) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
});
