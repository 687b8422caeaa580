// Package blockhtml draws Block Kit, the JSON in which an app describes what a
// message, a form or its home tab shows, as HTML.
//
// It is a pure function of its input: blocks and what has been entered so far
// go in, HTML comes out. Nothing from the blocks reaches the HTML unescaped.
// A block or element that it does not know is named as such, so that an author
// sees that it is there.
//
// Every control carries data-block, data-element (the action id) and data-type, by which a
// script can tell what was used.
package blockhtml
