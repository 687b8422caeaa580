package mrkdwn

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	userRef    = regexp.MustCompile(`^@([A-Z][A-Z0-9]*)$`)
	channelRef = regexp.MustCompile(`^#([A-Z][A-Z0-9]*)$`)
	subteamRef = regexp.MustCompile(`^!subteam\^([A-Z][A-Z0-9]*)$`)
	dateRef    = regexp.MustCompile(`^!date\^(-?[0-9]{1,18})\^([^^]+)(?:\^(.*))?$`)
	urlRef     = regexp.MustCompile(`(?i)^(?:[a-z][a-z0-9+.-]*:[^\s]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[:/?#][^\s]*)?)$`)
)

// broadcasts maps what may be written to whom it means; "group" is Slack's old name for a private channel.
var broadcasts = map[string]string{"here": "here", "channel": "channel", "group": "channel", "everyone": "everyone"}

// parseSequence reads a <…> sequence at the start of s: its node and length. An inner "<" means that the
// outer one was only a character.
func parseSequence(s string) (node Node, n int, ok bool) {
	end := strings.IndexAny(s[1:], "<>\n")
	if end <= 0 || s[1+end] != '>' {
		return Node{}, 0, false
	}
	n = end + 2
	body, label, labelled := strings.Cut(s[1:1+end], "|")
	label = Unescape(label)
	switch body[:min(1, len(body))] {
	case "@":
		if m := userRef.FindStringSubmatch(body); m != nil {
			return Node{Kind: User, Target: m[1], Text: label}, n, true
		}
	case "#":
		if m := channelRef.FindStringSubmatch(body); m != nil {
			return Node{Kind: Channel, Target: m[1], Text: label}, n, true
		}
	case "!":
		if who, known := broadcasts[body[1:]]; known {
			return Node{Kind: Broadcast, Target: who, Text: label}, n, true
		}
		if m := subteamRef.FindStringSubmatch(body); m != nil {
			return Node{Kind: Usergroup, Target: m[1], Text: label}, n, true
		}
		if m := dateRef.FindStringSubmatch(body); m != nil && label != "" {
			epoch, err := strconv.ParseInt(m[1], 10, 64)
			return Node{Kind: Date, Epoch: epoch, Format: Unescape(m[2]), Target: Unescape(m[3]), Text: label}, n, err == nil
		}
		if labelled { // a command Slack does not know shows its label
			return Node{Kind: Text, Text: label}, n, true
		}
	default:
		if url := Unescape(body); urlRef.MatchString(url) {
			return Node{Kind: Link, Target: withScheme(url), Text: label}, n, true
		}
	}
	return Node{}, 0, false
}
