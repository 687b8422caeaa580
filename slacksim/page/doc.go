// Package page is the web page of a local Slack: what its people see and do in
// a browser.
//
// [Handler] serves it for one [slacksim.Sim]. The page is HTML rendered here
// from what the sim says a person sees; small scripts send what the person
// does to the sim, and put fresh HTML in place when something changed, without
// touching what is being typed. Nothing is loaded from anywhere else.
//
// Everybody who can reach the page can act as anybody in the workspace. It is
// therefore served to this machine only: see [Handler].
package page
