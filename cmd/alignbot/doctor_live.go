package main

import (
	"fmt"
	"io"
	"strings"
)

// liveCheck is something about Slack itself that a person looks at once on a real
// workspace: what alignbot relies on, and no test here can show.
type liveCheck struct {
	// Title says what is checked, Steps what to do in order, and Expect what is seen
	// where it is right. Otherwise says what else it may be, and what to do.
	Title     string
	Steps     []string
	Expect    string
	Otherwise string
}

// liveChecks are in the order in which they are best done: half an hour for two people
// and a channel of their own.
var liveChecks = []liveCheck{
	{
		"The app connects and answers",
		[]string{"Run alignbot doctor, then alignbot run.", "In a channel that the app is in, type /align."},
		"The menu comes within a second, and only you see it.",
		"“dispatch_failed” says that no socket is open: look at the log and at the app-level token.",
	},
	{
		"A form opens and is stored",
		[]string{"Type /align setup in a channel and set up a team.", "Type /idea, fill in a title and submit."},
		"The card comes into the channel, with its buttons, and no name in it is a mention.",
		"A channel that the app is not in gives “not_in_channel”: type /invite @alignbot.",
	},
	{
		"What people type stays text",
		[]string{"Capture an idea with the title “<!channel> @here *bold* <https://example.com|click>”."},
		"The title stands there as it was typed, nobody is notified, nothing is bold and nothing is a link.",
		"If anything comes alive, stop and report it: it is a security fault.",
	},
	{
		"The message shortcut and the reaction",
		[]string{"Choose “Capture as idea” in the menu of somebody's message.", "React to another one with :bulb:."},
		"Both times the form has the message in it; after submitting, a line stands in the thread of the message.",
		"No reaction arrives: the scope reactions:read or its event is missing; alignbot doctor says so.",
	},
	{
		"A second delivery does nothing twice",
		[]string{"Start a second alignbot run on the same Redis.", "Capture ten ideas quickly, and stop one of the two with Ctrl-C meanwhile."},
		"Ten cards, ten numbers in a row, no error.",
		"Report what was doubled or lost, with the log of both.",
	},
	{
		"What Slack does while nothing runs",
		[]string{"Stop all of them.", "Press a button of a card; then react to a message with :bulb:.", "Start alignbot again within four minutes, and wait for five."},
		"The button shows Slack's own error at once. The offer for the reaction may come late: whether Slack delivers events again in Socket Mode is not documented.",
		"Nothing has to be mended; write down which of the two you saw.",
	},
	{
		"A ballot and many votes",
		[]string{"Start a ballot on an idea.", "Vote at the same moment from two accounts, and change one vote."},
		"The counts are right within two seconds, and each account has one vote.",
		"Report the message, and what stands at /metrics.",
	},
	{
		"Private messages and do-not-disturb",
		[]string{"Set do-not-disturb in Slack for one of the accounts.", "Set its nudge to the next minutes with /align nudges."},
		"No nudge comes until do-not-disturb is off; then it comes once.",
		"alignbot doctor says whether dnd:read is granted: without it nobody's do-not-disturb can be known.",
	},
	{
		"Pictures",
		[]string{"Add an outcome, type /outcome tree, and post it to the channel.", "Look at it on a phone, too."},
		"“Drawing the picture…” becomes a picture within some seconds; the text stands below it.",
		"Without files:write the text stays alone, with a line that says so. “invalid slack file” for longer than a minute is worth a report.",
	},
	{
		"Home",
		[]string{"Open the app's Home tab, press one of its buttons, and vote from it."},
		"It is drawn anew after each act.",
		"An empty tab says that the Home tab is off in the app's settings, or its event is missing.",
	},
	{
		"The sockets over a day",
		[]string{"Let it run for a day and look at alignbot_sockets and alignbot_socket_opens_total at /metrics."},
		"Slack has asked for new sockets several times; the number of open ones was never 0.",
		"Report what the log says at the time of the gap.",
	},
}

// tellLiveChecks writes them as a list to work through.
func tellLiveChecks(w io.Writer) error {
	var b strings.Builder
	b.WriteString("What to check once on a real workspace. Nothing of alignbot's own tests runs against Slack itself.\n")
	for i, c := range liveChecks {
		fmt.Fprintf(&b, "\n[ ] %d. %s\n", i+1, c.Title)
		for _, step := range c.Steps {
			fmt.Fprintf(&b, "      - %s\n", step)
		}
		fmt.Fprintf(&b, "      Right: %s\n      Else:  %s\n", c.Expect, c.Otherwise)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
