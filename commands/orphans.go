package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"
	"golang.org/x/sync/errgroup"

	"alignbot/pipeline"
	"alignbot/storage"
)

// listOrphans answers /outcome orphans: the team's ideas without a link, ten at a
// time, each with what it may be for.
func listOrphans(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionOrphans, newParams())
	}
	post, err := app.orphansPage(ctx, req, newParams("team", string(req.Loaded.Team.Key)))
	return Reply{Tell: post}, err
}

// turnOrphans shows another page of them.
func turnOrphans(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	post, err := app.orphansPage(ctx, req, p)
	if err != nil {
		return Reply{}, err
	}
	switch {
	case req.Form != nil:
		return Reply{Update: orphansForm(post, req.Channel)}, nil
	case req.Channel == "":
		return Reply{Open: orphansForm(post, req.Channel)}, nil
	case req.Message != nil && req.Message.Private:
		return Reply{Replace: post}, nil
	}
	return Reply{Tell: post}, nil
}

// drawOrphans draws the page of a form that another one lies on.
func (app *App) drawOrphans(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantButtonTeam)
	if err != nil {
		return nil, err
	}
	post, err := app.orphansPage(ctx, again, p)
	if err != nil {
		return nil, err
	}
	return orphansForm(post, at.channel), nil
}

// orphansForm shows the page where there is no channel to show it in.
func orphansForm(post *Post, channel string) *slack.ModalViewRequest {
	return form("orphans.list", "Without an outcome", "", metadata{Channel: channel}, post.Blocks...)
}

// orphan is an idea without a link, and what it may be for.
type orphan struct {
	pipeline.Idea
	suggested []suggested
}

// orphansPage draws the page that the value names, of the team that is loaded.
func (app *App) orphansPage(ctx context.Context, req *Request, value params) (*Post, error) {
	team := *req.Loaded.Team
	page, err := app.Store.Page(ctx, storage.List{Team: team.Key, Orphans: true}, value.page(), pageSize)
	if err != nil {
		return nil, err
	}
	mayLink := app.may(req)(pipeline.LinkOutcome)
	shown := make([]orphan, len(page.Ideas))
	for i, idea := range page.Ideas {
		shown[i].Idea = idea
	}
	if mayLink {
		app.suggestForAll(ctx, team, shown)
	}
	return orphansPost(team, shown, page, mayLink), nil
}

// suggestForAll adds suggestions to the ideas. What they are compared with is the
// same for all and read once. They are an extra: what goes wrong is only logged.
func (app *App) suggestForAll(ctx context.Context, team pipeline.Team, ideas []orphan) {
	if len(ideas) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, suggestWait)
	defer cancel()
	var known storage.Candidates
	dismissed := make([][]pipeline.NodeKey, len(ideas))
	reads, ctx := errgroup.WithContext(ctx)
	reads.Go(func() (err error) {
		known, err = app.Store.Candidates(ctx, ideas[0].Key)
		return err
	})
	for i, idea := range ideas[1:] {
		reads.Go(func() error {
			loaded, err := app.Store.Begin(ctx, storage.Want{Idea: idea.Key})
			dismissed[i+1] = loaded.Dismissed
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		app.Log.Warn("suggestions could not be looked for", "team", string(team.Key), "err", err)
		return
	}
	dismissed[0] = known.Dismissed
	for i := range ideas {
		known.Dismissed = dismissed[i]
		ideas[i].suggested = rank(question(team, ideas[i].Idea, known))
	}
}

// orphansPost draws a page of ideas without a link.
func orphansPost(team pipeline.Team, ideas []orphan, page storage.Page, mayLink bool) *Post {
	title := "Ideas of " + team.Name + " without an outcome"
	if page.Total == 0 {
		words := Mrkdwn("None: every idea says what it is for.")
		return &Post{Text: fallback(title) + ": none", Blocks: []slack.Block{header(title), say(words)}}
	}
	value := newParams("team", string(team.Key), "page", fmt.Sprint(page.Number))
	place := newParams("in", inOrphans, "team", string(team.Key), "page", fmt.Sprint(page.Number), "at", value.encode())
	blocks := []slack.Block{header(title)}
	for _, o := range ideas {
		blocks = append(blocks, o.blocks(place, mayLink)...)
	}
	count := counted(page.Total, "idea", "ideas")
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, newest first · parked ideas are not among them", page.Number, page.Of, count))))
	if page.Of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionOrphans, page.Number, page.Of, value)...))
	}
	return &Post{Text: fallback(title) + Mrkdwn(fmt.Sprintf(": %s, page %d of %d", count, page.Number, page.Of)), Blocks: blocks}
}

// orphanWords is how much of a suggestion a row shows of each of its two texts, in
// runes: ten rows are one message.
const orphanWords = 90

// blocks draw an idea with what it may be for.
func (o orphan) blocks(place params, mayLink bool) []slack.Block {
	lines := []string{o.Key.String() + "  " + o.Title + "\n" + stateOf(o.Idea)}
	var steps []slack.BlockElement
	for _, s := range o.suggested {
		s.Statement, s.Why = pipeline.Cut(s.Statement, orphanWords), pipeline.Cut(s.Why, orphanWords)
		lines = append(lines, "› "+strings.ReplaceAll(s.words(), "\n", ": "))
		steps = append(steps, s.acceptButton(o.Key, "Link "+s.Key.String(), place), s.dismissButton(o.Key, "Not "+s.Key.String(), place))
	}
	key := o.Key.String()
	row := slack.NewSectionBlock(plain(strings.Join(lines, "\n")), nil, slack.NewAccessory(button(actionShow, "Details", "of "+key, newParams("idea", key))))
	if !mayLink {
		return []slack.Block{row}
	}
	other := params{maps.Clone(place.Values)}.set("idea", key)
	label, about := "Other…", "outcome for "+key
	if len(steps) == 0 {
		label, about = "Link an outcome", "to "+key
	}
	return []slack.Block{row, buttons(slices.Concat(steps, []slack.BlockElement{button(actionOutcome+":"+key, label, about, other)})...)}
}
