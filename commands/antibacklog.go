package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// The orders of the list of parked ideas, beside the newest first.
const (
	byDue   = "due"   // those whose day has come
	byDay   = "day"   // those that have a day, the first first
	byAsked = "asked" // those that most people asked for again
)

// listParked answers /antibacklog with the first page of what is parked.
func listParked(ctx context.Context, app *App, req *Request) (Reply, error) {
	value := newParams("parked", "1")
	switch words := strings.ToLower(pipeline.CleanLine(typed(req.Words))); words {
	case "":
	case byDue, byDay, byAsked:
		value.set("by", words)
	default:
		reason, err := reasonNamed(words)
		if err != nil {
			return Reply{}, err
		}
		value.set("reason", string(reason))
	}
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionParked, value)
	}
	return showParked(ctx, app, req, value.set("team", string(req.Loaded.Team.Key)))
}

// namesIdea: the key of an idea, and nothing else.
func namesIdea(text string) bool {
	_, err := pipeline.ParseTypedKey(text)
	return err == nil
}

// reasonNamed is the one kind of reason that has the words in it.
func reasonNamed(words string) (pipeline.ParkReason, error) {
	var found []pipeline.ParkReason
	var all []string
	for _, reason := range pipeline.ParkReasons() {
		if strings.Contains(string(reason), words) {
			found = append(found, reason)
		}
		all = append(all, string(reason))
	}
	if len(found) == 1 {
		return found[0], nil
	}
	meant := meantWord("/antibacklog", closest(words, slices.Values([]string{byDue, byDay, byAsked})))
	return "", &pipeline.Problem{
		Code: "list-word-unknown",
		What: fmt.Sprintf("I don't know how to list what is parked by “%s”.", pipeline.Cut(words, 40)),
		Next: meant + fmt.Sprintf("The words are due, day, asked, or one kind of reason: %s. To search, type /antibacklog find and some words.", strings.Join(all, ", ")),
	}
}

// turnParked shows another page of what is parked, or another order, in the
// place of the one before.
func turnParked(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if p.Get("team") == "" || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	return showParked(ctx, app, req, p.list().set("parked", "1"))
}

// showParked shows the page that the value names, where the person is.
func showParked(ctx context.Context, app *App, req *Request, value params) (Reply, error) {
	list := storage.List{Team: req.Loaded.Team.Key, Stage: pipeline.Parked, Reason: pipeline.ParkReason(value.Get("reason"))}
	if list.Reason != "" && !slices.Contains(pipeline.ParkReasons(), list.Reason) {
		return Reply{}, stale
	}
	if list.Reason == "" {
		list.Due, list.MostAsked = value.Get("by") == byDue || value.Get("by") == byDay, value.Get("by") == byAsked
		if value.Get("by") == byDue {
			list.DueBy = dayReached(*req.Loaded.Team, req.Now)
		}
	}
	page, err := app.Store.Page(ctx, list, value.page(), pageSize)
	if err != nil {
		return Reply{}, err
	}
	var next []pipeline.Idea
	if list.DueBy != "" && page.Total == 0 {
		list := list
		list.DueBy = ""
		coming, err := app.Store.Page(ctx, list, 1, 1)
		if err != nil {
			return Reply{}, err
		}
		next = coming.Ideas
	}
	inForm := req.Form != nil || req.Channel == ""
	post := parkedPost(*req.Loaded.Team, list, page, next, inForm)
	switch {
	case inForm:
		return inPlace(req, form("antibacklog.list", "Anti-Product Backlog", "", metadata{Channel: req.Channel}, post.Blocks...)), nil
	case req.On == Button && req.Message != nil && req.Message.Private:
		return Reply{Replace: &post}, nil
	}
	return Reply{Tell: &post}, nil
}

// dayReached is the latest day that it is by now, by the team's clocks or by those
// by which it is kept when an idea came back.
func dayReached(team pipeline.Team, now time.Time) string {
	return max(now.In(team.Location()).Format(time.DateOnly), now.UTC().Format(time.DateOnly))
}

// parkedPost draws a page of what is parked, with the ways to order and choose. Where
// none is due, next is the first that will be, if any.
func parkedPost(team pipeline.Team, list storage.List, page storage.Page, next []pipeline.Idea, inForm bool) Post {
	title := "Anti-Product Backlog of " + team.Name
	value := newParams("parked", "1", "team", string(team.Key), "reason", string(list.Reason))
	order := "newest first"
	switch {
	case list.DueBy != "":
		value.set("by", byDue)
		order = "due for another look"
	case list.Due:
		value.set("by", byDay)
		order = "those looked at again soonest first"
	case list.MostAsked:
		value.set("by", byAsked)
		order = "those asked again by most people first"
	case list.Reason != "":
		order = string(list.Reason) + ", newest first"
	}
	blocks := []slack.Block{header(title), buttons(parkedFilters(team.Key, list.Reason)...)}
	count := counted(page.Total, "parked idea", "parked ideas")
	if page.Total == 0 {
		words := Mrkdwn("Nothing is parked.")
		switch {
		case len(next) > 0:
			idea := next[0]
			words = "Nothing that is parked is due for another look. The next one is " + Mrkdwn(idea.Key.String()) + " on " + Mrkdwn(pipeline.ShowDay(parkingOf(idea).Revisit.Day)) + "."
		case list.Due:
			words = "Nothing that is parked has a day to look at it again."
		case list.MostAsked:
			words = "Nobody has asked again for anything that is parked."
		case list.Reason != "":
			words = "Nothing is parked for this reason: " + Mrkdwn(list.Reason) + "."
		}
		return Post{Text: fallback(title) + ": " + words, Blocks: append(blocks, say(words))}
	}
	row := newParams()
	if inForm { // the details lead back to it
		row = params{maps.Clone(value.Values)}.set("in", inList).set("page", strconv.Itoa(page.Number))
	}
	for _, idea := range page.Ideas {
		blocks = append(blocks, parkedRow(idea, page.AskedBy[idea.Key], row))
	}
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, %s", page.Number, page.Of, count, order))))
	if page.Of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionParked, page.Number, page.Of, value)...))
	}
	return Post{Text: fallback(title) + Mrkdwn(fmt.Sprintf(": %s, page %d of %d", count, page.Number, page.Of)), Blocks: blocks}
}

// parkedFilters order the list, or choose from it by the kind of reason.
func parkedFilters(team pipeline.TeamKey, chosen pipeline.ParkReason) []slack.BlockElement {
	value := func(pairs ...string) params { return newParams(append([]string{"team", string(team)}, pairs...)...) }
	var reasons []*slack.OptionBlockObject
	for _, reason := range pipeline.ParkReasons() {
		reasons = append(reasons, option(value("reason", string(reason)).encode(), capital(string(reason))))
	}
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain("Kind of reason"), actionParked+":reason", reasons...)
	if chosen != "" {
		menu.InitialOption = optionOf(reasons, value("reason", string(chosen)).encode())
	}
	return []slack.BlockElement{
		button(actionParked+":newest", "Newest", "first", value()),
		button(actionParked+":due", "Due", "for another look", value("by", byDue)),
		button(actionParked+":day", "By day", "of another look, soonest first", value("by", byDay)),
		button(actionParked+":asked", "Most asked", "again first", value("by", byAsked)),
		menu,
	}
}

// parkedSearched is how many of the ideas that have the words are looked through
// for parked ones.
const parkedSearched = 100

// findParked answers /antibacklog find.
func findParked(ctx context.Context, app *App, req *Request) (Reply, error) {
	words, found, teams, err := app.find(ctx, req, "/antibacklog find", parkedSearched)
	if err != nil {
		return Reply{}, err
	}
	found = slices.DeleteFunc(found, func(i pipeline.Idea) bool { return i.Stage != pipeline.Parked })
	shown := app.offered(ctx, req, teams, found[:min(len(found), pageSize)])
	return Reply{Tell: foundPost(words, "parked idea", shown, "Fewer or other words may help. /idea find searches ideas of all stages.")}, nil
}

func keysOf(teams []pipeline.Team) []pipeline.TeamKey {
	keys := make([]pipeline.TeamKey, len(teams))
	for i, team := range teams {
		keys[i] = team.Key
	}
	return keys
}

// wordsMissing asks for what to search for.
func wordsMissing(command string) error {
	return &pipeline.Problem{
		Code: "words-missing",
		What: "Which words should I look for?",
		Next: fmt.Sprintf("Type them behind the command, like “%s invoices pdf”.", command),
	}
}

// foundPost draws what a search found, with what can be done where one of them is
// what was looked for; noun is of one of them.
func foundPost(words, noun string, found []likeIdea, hint Mrkdwn) *Post {
	shown := pipeline.Cut(words, 60)
	if len(found) == 0 {
		return &Post{
			Text:   "Nothing found for " + fallback(shown),
			Blocks: []slack.Block{rich(line(text("Nothing found for "), bold(shown))), note(hint)},
		}
	}
	blocks := []slack.Block{rich(line(text("Best matches for "), bold(shown)))}
	for _, idea := range found {
		blocks = append(blocks, likeRow(idea.Idea))
		if steps := idea.steps(); len(steps) > 0 {
			blocks = append(blocks, buttons(steps...))
		}
	}
	return &Post{Text: Mrkdwn(counted(len(found), noun, noun+"s")+" found for ") + fallback(shown), Blocks: blocks}
}

// wantTypedReopening: the idea whose key stands behind the command, with what was
// typed before about reopening it.
func wantTypedReopening(req *Request) (storage.Want, error) {
	want, err := wantTypedIdea(req)
	move := moveWant(want.Idea, pipeline.Discovery)
	move.Channel = want.Channel
	return move, err
}

// openReopening answers /antibacklog reopen with the form that asks why.
func openReopening(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	if _, _, err := pipeline.Reopen(app.Policy, req.Person, req.where(), idea, *req.Loaded.Dossier, "a reason", "", req.Now); err != nil {
		return req.orBallot(idea, app.sayingWho(ctx, req, err, idea))
	}
	if err := app.findTypedDraft(ctx, req, moveSlot(idea.Key, pipeline.Discovery)); err != nil {
		return Reply{}, err
	}
	step, _ := pipeline.StepTo(idea.Stage, pipeline.Discovery)
	p := newParams("idea", idea.Key.String(), "to", string(pipeline.Discovery))
	return app.openMove(ctx, req, p, idea, step, pipeline.Gate(*req.Loaded.Team, idea, *req.Loaded.Dossier, step.To))
}
