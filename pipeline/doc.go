// Package pipeline holds the rules of the alignment-to-value pipeline: who may
// do what, what a team and an idea are, what makes either of them acceptable.
//
// Every rule is a function of values, the current time among them, that
// returns a decision with its reason. Nothing here knows Slack or Redis, does
// I/O, or reads a clock.
package pipeline
