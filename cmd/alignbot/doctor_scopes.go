package main

import (
	"net/http"
	"slices"
	"strings"

	"alignbot/bot"
)

// scopes compares what the token was granted with what the app asks for.
func (d *doctor) scopes(header http.Header) {
	granted := strings.FieldsFunc(header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(granted) == 0 {
		d.find(Warn, "scopes", "Slack does not say what the token may do", "Compare the app's scopes with alignbot manifest by eye.")
		return
	}
	var missing, extra, ballots []string
	known := bot.Scopes()
	for _, scope := range known {
		switch {
		case slices.Contains(granted, scope.Name):
		case scope.Required:
			missing = append(missing, scope.Name+" ("+scope.For+")")
		case slices.Contains(ballotScopes, scope.Name):
			ballots = append(ballots, scope.Name)
		case scope.Name == bot.ScopeReaction && d.settings.Slack.Reaction() != "":
			d.find(Warn, "capture reaction", "off, because "+scope.Name+" is not granted: :"+d.settings.Slack.Reaction()+": on a message does nothing",
				"To use it, take the output of alignbot manifest --capture-reaction and install the app again. To end this line, set slack.capture_reaction to off.")
		}
	}
	for _, name := range granted {
		if !slices.ContainsFunc(known, func(scope bot.Scope) bool { return scope.Name == name }) {
			extra = append(extra, name)
		}
	}
	if len(missing) > 0 {
		d.find(Fail, "scopes", "not granted: "+strings.Join(missing, ", "), "Paste the output of alignbot manifest into the app's settings, under App Manifest, and install the app again.")
	} else {
		d.find(OK, "scopes", "all that are needed are granted", "")
	}
	if !slices.Contains(granted, bot.ScopeDisturb) {
		d.find(Warn, "do-not-disturb", "not known, because "+bot.ScopeDisturb+" is not granted: nudges also come while somebody has it on",
			"Take the output of alignbot manifest and install the app again. People can still snooze nudges and choose their hour.")
	}
	if !slices.Contains(granted, bot.ScopeCanvases) {
		d.find(Warn, "canvases of Slack", "off, because "+bot.ScopeCanvases+" is not granted: canvases are posted as messages",
			"Take the output of alignbot manifest and install the app again. Where nobody publishes canvases, leave it so.")
	}
	lacking := func(scopes []string) []string {
		return slices.DeleteFunc(slices.Clone(scopes), func(name string) bool { return slices.Contains(granted, name) })
	}
	if lacks := lacking(pictureScopes); len(lacks) > 0 {
		d.find(Warn, "pictures", "off, because "+strings.Join(lacks, ", ")+" "+isOrAre(len(lacks))+" not granted: all is said in words",
			"Take the output of alignbot manifest and install the app again. Without pictures, leave it so.")
	}
	switch lacks := lacking(wallScopes); {
	case slices.Contains(lacks, bot.ScopePins):
		d.find(Warn, "walls", "not pinned, because "+strings.Join(lacks, ", ")+" "+isOrAre(len(lacks))+" not granted: the wall of a team scrolls away like any message",
			"Take the output of alignbot manifest and install the app again. Without walls, leave it so.")
	case len(lacks) > 0:
		d.find(Warn, "walls", "pinned, but "+bot.ScopePinned+" is not granted: nobody is told when one is taken off the pinned messages",
			"Take the output of alignbot manifest and install the app again. Without walls, leave it so.")
	}
	switch not := strings.Join(ballots, ", "); len(ballots) {
	case 0:
	case len(ballotScopes):
		d.find(Warn, "ballots", "off, because "+not+" are not granted", "Take the output of alignbot manifest and install the app again. Without ballots, leave it so.")
	default:
		d.find(Warn, "ballots", "cannot ask everybody, because "+not+" "+isOrAre(len(ballots))+" not granted",
			"Take the output of alignbot manifest and install the app again; or remove the others of "+strings.Join(ballotScopes, ", ")+", which nothing else uses.")
	}
	if len(extra) > 0 {
		d.find(Warn, "unused scopes", "granted but never used: "+strings.Join(extra, ", "), "Remove them from the app; what it may not do cannot go wrong.")
	}
}
