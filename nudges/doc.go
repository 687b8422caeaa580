// Package nudges is what alignbot does by itself: it finds whose nudge is due and hands
// it to the outbox. It decides nothing of what a nudge says, which is drawn when it is
// sent.
//
// Any number of processes may run it on one Redis. Each takes some of those who are to
// be looked at, by a lease; what a look comes to is kept in one step, once for each
// local day of a person or a team.
package nudges
