() => {
  // Words in pictures that leave their picture, or that stand on other words.
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const words = [...svg.querySelectorAll("text")].map((t) => ({
      said: t.textContent,
      box: t.getBoundingClientRect(),
    }));
    for (const w of words) {
      const out =
        w.box.left < frame.left - 1 || w.box.right > frame.right + 1 ||
        w.box.top < frame.top - 1 || w.box.bottom > frame.bottom + 1;
      if (out) found.push(["leaves its picture", svg.getAttribute("aria-labelledby"), w.said]);
    }
    words.forEach((a, i) => words.slice(i + 1).forEach((b) => {
      if (!a.said || !b.said || a.said === b.said) return; // the white edge under a label
      const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (across > 2 && down > 4) found.push(["stands on", a.said, b.said]);
    }));
  }
  return found;
}
