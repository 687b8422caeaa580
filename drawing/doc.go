// Package drawing makes pictures of what a team holds: functions from values of
// package pipeline to a Picture, which is written as PNG or SVG.
//
// A function of a kind lays everything out in points: it puts elements, which know
// their size, onto a sheet. It does no I/O but reading fonts, and the same value
// gives the same picture. Colours never stand alone: each comes with its word.
package drawing
