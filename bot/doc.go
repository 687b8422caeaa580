// Package bot is the life of the app in Slack: it keeps sockets open, finds out
// who is acting, hands what they did to a handler, carries out the handler's
// reply, and sends what waits in the outbox at Slack's pace.
//
// Nothing here decides anything about ideas or teams. Everything here is about
// a network that drops, repeats, delays and refuses, and about a person who
// waits at most three seconds.
package bot
