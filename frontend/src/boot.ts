// Runs before the first paint, so that what needs script does not jump into place afterwards.
document.documentElement.classList.add("js");
// The page for when there is no line is kept without the reader's choices: the larger version comes from the cookie.
if (/(?:^|; )larger=1/.test(document.cookie)) document.documentElement.classList.add("larger");
