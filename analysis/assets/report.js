/* SPDX-License-Identifier: GPL-3.0-or-later */
"use strict";
/* Tables: a click on a heading sorts by that column; numbers by value, and again the other way round. */
for (const table of document.querySelectorAll("table.sortable")) {
	const body = table.tBodies[0];
	table.tHead.rows[0].querySelectorAll("th").forEach((th, column) => {
		th.firstElementChild.addEventListener("click", () => {
			const falling = th.getAttribute("aria-sort") === "ascending", sign = falling ? -1 : 1;
			const numeric = th.classList.contains("n");
			const rows = Array.from(body.rows, row => {
				const text = row.cells[column].textContent;
				return {row, key: numeric ? (text === "-" ? NaN : Number(text)) : text};
			});
			rows.sort((a, b) => {
				if (!numeric) return sign * a.key.localeCompare(b.key, undefined, {numeric: true});
				if (isNaN(a.key) || isNaN(b.key)) return isNaN(a.key) - isNaN(b.key); /* absent: always last */
				return sign * (a.key - b.key);
			});
			for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
			th.setAttribute("aria-sort", falling ? "descending" : "ascending");
			body.append(...rows.map(r => r.row));
		});
	});
}

/* The heat map: cells are painted once, pixel by pixel, and shown enlarged; the wheel, two fingers or the buttons
 * zoom, dragging moves. */
for (const element of document.querySelectorAll(".heat")) {
	const data = JSON.parse(element.querySelector("script").textContent);
	const canvas = element.querySelector("canvas"), said = element.querySelector("output");
	const axis = element.querySelectorAll(".axis span"), view = {x: 0, y: 0, w: data.columns, h: data.rows};
	const bytes = Uint8Array.from(atob(data.cells), c => c.charCodeAt(0));
	const scale = data.colours.map(c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16)));
	const source = document.createElement("canvas");
	const dark = matchMedia("(prefers-color-scheme: dark)");
	source.width = data.columns;
	source.height = data.rows;

	function paint() { /* 0..250 is 0..100 %, 255 is off */
		const context = source.getContext("2d"), image = context.createImageData(data.columns, data.rows);
		const off = dark.matches ? [60, 66, 72] : [212, 212, 212];
		bytes.forEach((byte, i) => {
			const at = byte / 250 * (scale.length - 1), low = Math.min(Math.floor(at), scale.length - 2);
			const colour = byte === 255 ? off
				: scale[low].map((c, k) => c + (at - low) * (scale[low + 1][k] - c));
			image.data.set([...colour, 255], i * 4);
		});
		context.putImageData(image, 0, 0);
		draw();
	}
	const hours = column => (column * data.cell_s / 3600).toFixed(2).replace(/\.?0+$/, "") + " h";
	const host = row => data.hosts[Math.max(0, Math.min(data.rows - 1, Math.floor(row)))];
	function draw() {
		const ratio = window.devicePixelRatio || 1, context = canvas.getContext("2d");
		canvas.width = Math.round(canvas.clientWidth * ratio);
		canvas.height = Math.round(canvas.clientHeight * ratio);
		context.imageSmoothingEnabled = false;
		context.drawImage(source, view.x, view.y, view.w, view.h, 0, 0, canvas.width, canvas.height);
		axis[0].textContent = hours(view.x);
		axis[1].textContent = "hosts " + host(view.y) + " (top) to " + host(view.y + view.h - 1e-6);
		axis[2].textContent = hours(view.x + view.w);
	}
	function clamp() {
		view.w = Math.min(data.columns, Math.max(Math.min(4, data.columns), view.w));
		view.h = Math.min(data.rows, Math.max(Math.min(2, data.rows), view.h));
		view.x = Math.min(data.columns - view.w, Math.max(0, view.x));
		view.y = Math.min(data.rows - view.h, Math.max(0, view.y));
		draw();
	}
	function zoom(factor, u, v) { /* around the point (u, v) of the canvas, in 0..1 */
		const w = Math.min(data.columns, view.w * factor), h = Math.min(data.rows, view.h * factor);
		view.x += u * (view.w - w);
		view.y += v * (view.h - h);
		view.w = w;
		view.h = h;
		clamp();
	}
	function place(event) {
		const box = canvas.getBoundingClientRect();
		return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
	}
	function reset() {
		Object.assign(view, {x: 0, y: 0, w: data.columns, h: data.rows});
		clamp();
	}
	const fingers = new Map();
	canvas.addEventListener("wheel", event => {
		if (!event.ctrlKey && !event.shiftKey && document.activeElement !== canvas) return; /* the page scrolls */
		event.preventDefault();
		zoom(Math.exp(event.deltaY / 400), ...place(event));
	}, {passive: false});
	canvas.addEventListener("pointerdown", event => {
		canvas.setPointerCapture(event.pointerId);
		canvas.focus();
		fingers.set(event.pointerId, place(event));
	});
	for (const end of ["pointerup", "pointercancel"])
		canvas.addEventListener(end, event => fingers.delete(event.pointerId));
	canvas.addEventListener("pointermove", event => {
		const now = place(event), before = fingers.get(event.pointerId);
		if (before) {
			const others = [...fingers].filter(f => f[0] !== event.pointerId).map(f => f[1]);
			if (others.length) {
				const apart = p => Math.hypot(p[0] - others[0][0], p[1] - others[0][1]) || 1e-3;
				zoom(apart(before) / apart(now), ...others[0]);
			} else {
				view.x -= (now[0] - before[0]) * view.w;
				view.y -= (now[1] - before[1]) * view.h;
				clamp();
			}
			fingers.set(event.pointerId, now);
		}
		const column = Math.min(data.columns - 1, Math.max(0, Math.floor(view.x + now[0] * view.w)));
		const row = Math.min(data.rows - 1, Math.max(0, Math.floor(view.y + now[1] * view.h)));
		const byte = bytes[row * data.columns + column];
		said.textContent = host(row) + (data.hosts_a_row > 1 ? " and " + (data.hosts_a_row - 1) + " more" : "")
			+ ", " + hours(column) + ": " + (byte === 255 ? "off" : (byte / 2.5).toFixed(1) + " %");
	});
	canvas.addEventListener("dblclick", reset);
	canvas.addEventListener("keydown", event => {
		const steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
		if (steps) {
			view.x += steps[0] * view.w / 8;
			view.y += steps[1] * view.h / 8;
			clamp();
		} else if (event.key === "+" || event.key === "-") {
			zoom(event.key === "+" ? 0.7 : 1 / 0.7, 0.5, 0.5);
		} else {
			return;
		}
		event.preventDefault();
	});
	const buttons = element.querySelectorAll("button");
	buttons[0].addEventListener("click", () => zoom(0.7, 0.5, 0.5));
	buttons[1].addEventListener("click", () => zoom(1 / 0.7, 0.5, 0.5));
	buttons[2].addEventListener("click", reset);
	dark.addEventListener("change", paint);
	window.addEventListener("resize", draw);
	element.querySelector(".legend").style.background = "linear-gradient(to right," + data.colours + ")";
	paint();
}
