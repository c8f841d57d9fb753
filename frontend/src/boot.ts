// Runs before the first paint, so that what needs script does not jump into place afterwards.
document.documentElement.classList.add("js");
