package pipeline

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Evidence is a dated note on an idea that speaks for it or against it.
type Evidence struct {
	// Number within its idea, from 1; given when it is stored.
	Number int
	Note   string
	// Against: it contradicts the idea instead of supporting it.
	Against  bool
	Strength Strength
	// Link to more: a web address or a Slack permalink. May be empty.
	Link string
	By   string
	At   time.Time
}

// Strength is what kind of evidence it is, from what people do down to what
// they think.
type Strength string

// The strengths, the strongest first.
const (
	WhatPeopleDo  Strength = "what people do"
	WhatPeopleSay Strength = "what people say"
	Opinion       Strength = "opinion"
)

// Strengths lists them, the strongest first.
func Strengths() []Strength { return []Strength{WhatPeopleDo, WhatPeopleSay, Opinion} }

// The inputs of the evidence form.
const (
	FieldNote     Field = "note"
	FieldStrength Field = "strength"
	FieldAgainst  Field = "against"
	FieldLink     Field = "link"
)

// LinkLimit of a link to evidence, in runes.
const LinkLimit = 1000

// CheckEvidence cleans what was typed and refuses what cannot be kept, all
// fields at once. The workspace's URL is as Slack gives it,
// "https://acme.slack.com/": nobody here could open another workspace's
// messages, so a link to one is refused.
func CheckEvidence(e Evidence, workspaceURL string) (Evidence, error) {
	wrong := map[Field]string{}
	e.Note = CleanText(e.Note)
	switch {
	case !HasVisible(e.Note):
		wrong[FieldNote] = "Say in a sentence or two what was seen or heard."
	case Length(e.Note) > TextLimit:
		wrong[FieldNote] = tooLong(TextLimit, Length(e.Note))
	}
	if !slices.Contains(Strengths(), e.Strength) {
		wrong[FieldStrength] = "Choose what kind of evidence it is."
	}
	link, complaint := checkLink(e.Link, workspaceURL)
	if e.Link = link; complaint != "" {
		wrong[FieldLink] = complaint
	}
	return e, fieldProblems("evidence-form", wrong)
}

// checkLink gives the link as it is stored, or what is wrong with it.
func checkLink(typed, workspaceURL string) (link, complaint string) {
	typed = CleanLine(typed)
	if !HasVisible(typed) {
		return "", ""
	}
	if n := Length(typed); n > LinkLimit {
		return typed, fmt.Sprintf("At most %d characters; this has %d. Put what matters into the note.", LinkLimit, n)
	}
	u, err := url.Parse(typed)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", strings.ContainsFunc(typed, unicode.IsSpace):
		return typed, "Paste one whole web address that starts with https://, or leave this empty."
	case u.User != nil:
		return typed, "This address has a name or a password in front of the @. Take it out, then it can be kept."
	case isForeignPermalink(u, workspaceURL):
		return typed, "This leads to another Slack workspace, which people here cannot open. Leave this empty and put what matters into the note."
	}
	// These would end a link early where Slack shows it.
	return strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C").Replace(typed), ""
}

// isForeignPermalink reports a message or a file of another Slack workspace, in
// the forms that Slack's "Copy link" gives them.
func isForeignPermalink(u *url.URL, workspaceURL string) bool {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if !strings.HasSuffix(host, ".slack.com") {
		return false
	}
	if ours, err := url.Parse(workspaceURL); err == nil && host == strings.ToLower(ours.Hostname()) {
		return false
	}
	return strings.HasPrefix(u.Path, "/archives/") || strings.HasPrefix(u.Path, "/files/")
}

// Tally counts the evidence on an idea: for and against, by strength.
type Tally struct {
	For, Against map[Strength]int
	// Authors of it, how many different people.
	Authors int
}

// Add counts one piece more, in a copy.
func (t Tally) Add(e Evidence, isNewAuthor bool) Tally {
	side := &t.For
	if e.Against {
		side = &t.Against
	}
	counted := maps.Clone(*side)
	if counted == nil {
		counted = map[Strength]int{}
	}
	counted[e.Strength]++
	*side = counted
	if isNewAuthor {
		t.Authors++
	}
	return t
}

// Count gives how many pieces there are on each side.
func (t Tally) Count() (supporting, contradicting int) {
	for _, s := range Strengths() {
		supporting += t.For[s]
		contradicting += t.Against[s]
	}
	return supporting, contradicting
}

// atLeast counts the supporting pieces of that strength or a stronger one; ""
// is any.
func (t Tally) atLeast(strength Strength) int {
	n := 0
	for _, s := range Strengths() {
		n += t.For[s]
		if s == strength {
			break
		}
	}
	return n
}

// Tallied gives the idea's evidence with what was typed when it was captured,
// which counts as one opinion for it. Whether its author is among those who
// added evidence is not known here, so they count only where nobody else did.
func (idea Idea) Tallied() Tally {
	if !HasVisible(idea.Evidence) {
		return idea.Tally
	}
	return idea.Tally.Add(Evidence{Strength: Opinion}, idea.Tally.Authors == 0)
}
