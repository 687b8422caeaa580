package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// home is what a person's Home is drawn from.
type home struct {
	drafts      map[string]storage.Draft
	unconfirmed []storage.Outgoing
	absence     storage.Absence
	waiting     waitingThings
	nudges      pipeline.NudgeSettings
	today       string // where the person is
	inDiscovery int    // own ideas in discovery
	teams       []homeTeam
	moreTeams   int                       // beyond those shown
	hidden      map[pipeline.TeamKey]bool // own teams that the person cannot see at the moment
	ideas       storage.Page
	hasTeams    bool // any, in the whole workspace
	canSetUp    bool
}

type homeTeam struct {
	pipeline.Team
	storage.Board
	owner, mayChange bool
	back             int // parked ideas that came back, for an owner; up to a page of them
	outcomes         homeOutcomes
}

// openedHome draws a person's Home when they open it.
func openedHome(ctx context.Context, app *App, req *Request) (Reply, error) {
	if err := app.permit(ctx, req, pipeline.OpenHome); err != nil {
		return Reply{}, err
	}
	return openHome(ctx, app, req)
}

// openHome draws a person's Home when it is opened and after its buttons; in a
// message that shows the same, the message is drawn again.
func openHome(ctx context.Context, app *App, req *Request) (Reply, error) {
	page := 1
	if req.On == Button {
		p, err := decodeParams(req.Value)
		if err != nil {
			return Reply{}, err
		}
		page = p.page()
	}
	h, err := loadHome(ctx, app, req, page)
	if err != nil {
		return Reply{}, err
	}
	if req.Message != nil {
		return Reply{Replace: homePost(app, h)}, nil
	}
	return Reply{Home: homeView(homeBlocks(app, h))}, nil
}

// tellHome answers /align home with the same, and where to find it.
func tellHome(ctx context.Context, app *App, req *Request) (Reply, error) {
	h, err := loadHome(ctx, app, req, 1)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Tell: homePost(app, h)}, nil
}

// homePost is Home as a message, which holds half as many blocks: it shows
// fewer teams and troubles, so that nothing has to be cut off.
func homePost(app *App, h home) *Post {
	if more := len(h.teams) - homePostTeams; more > 0 {
		h.teams, h.moreTeams = h.teams[:homePostTeams], h.moreTeams+more
	}
	h.unconfirmed = h.unconfirmed[:min(len(h.unconfirmed), homePostTroubles)]
	h.waiting = h.waiting.first(homePostWaits)
	where := note(link("slack://app?team="+app.Slack.ID+"&id="+app.Slack.AppID+"&tab=home", "Open my Home tab"), " to see this at any time.")
	blocks := append([]slack.Block{where}, homeBlocks(app, h)...)
	return &Post{Text: "What waits for you, your teams and your ideas", Blocks: blocks}
}

func drawHome(ctx context.Context, app *App, req *Request, page int) (*slack.HomeTabViewRequest, error) {
	h, err := loadHome(ctx, app, req, page)
	if err != nil {
		return nil, err
	}
	return homeView(homeBlocks(app, h)), nil
}

func homeView(blocks []slack.Block) *slack.HomeTabViewRequest {
	return &slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

// Limits of Home, so that its cost does not grow with what is stored.
const (
	homeTeamLimit  = 8
	homeDraftLimit = 5
	homeTroubleMax = 5
	homeWaits      = 12

	homePostTeams    = 2
	homePostTroubles = 2
	homePostWaits    = 4
)

func loadHome(ctx context.Context, app *App, req *Request, page int) (home, error) {
	h := home{today: req.today()}
	reads, ctx := storage.Together(ctx)
	reads.Go(func() (err error) {
		h.drafts, err = app.Store.Drafts(ctx, req.Person.ID)
		return err
	})
	reads.Go(func() (err error) {
		h.nudges, err = app.Store.NudgeSettings(ctx, req.Person.ID)
		return err
	})
	reads.Go(func() (err error) {
		h.unconfirmed, err = app.Store.Unconfirmed(ctx, req.Person.ID)
		return err
	})
	reads.Go(func() (err error) {
		h.absence, err = app.Store.Absence(ctx)
		return err
	})
	reads.Go(func() error {
		mine, err := app.Store.Page(ctx, storage.List{Author: req.Person.ID, Stage: pipeline.Discovery}, 1, 1)
		h.inDiscovery = mine.Total
		return err
	})
	reads.Go(func() (err error) {
		h.ideas, err = app.Store.Page(ctx, storage.List{Author: req.Person.ID}, page, pageSize)
		return err
	})
	reads.Go(func() error {
		seen, hidden, err := app.ownTeams(ctx, req)
		if err != nil {
			return err
		}
		shown := seen[:min(len(seen), homeTeamLimit)]
		h.hidden, h.moreTeams, h.hasTeams = hidden, len(seen)-len(shown), len(seen)+len(hidden) > 0
		keys := make([]pipeline.TeamKey, len(shown))
		for i, team := range shown {
			keys[i] = team.Key
		}
		for _, team := range shown {
			mayChange := pipeline.May(app.Policy, req.Person, pipeline.ChangeTeam, pipeline.Where{Team: &team, InChannel: true}).OK
			h.teams = append(h.teams, homeTeam{Team: team, owner: team.OwnedBy(req.Person.ID), mayChange: mayChange})
		}
		return app.addToTeams(ctx, req, &h, keys)
	})
	err := reads.Wait()
	h.canSetUp = pipeline.May(app.Policy, req.Person, pipeline.CreateTeam, pipeline.Where{}).OK // asked where they have no team
	return h, err
}

// addToTeams reads what depends on which teams Home shows.
func (app *App) addToTeams(ctx context.Context, req *Request, h *home, keys []pipeline.TeamKey) error {
	shown := make([]pipeline.Team, len(h.teams))
	for i, team := range h.teams {
		shown[i] = team.Team
	}
	reads, ctx := storage.Together(ctx)
	reads.Go(func() error {
		boards, err := app.Store.Boards(ctx, keys)
		for i, board := range boards {
			h.teams[i].Board = board
		}
		return err
	})
	reads.Go(func() error { return app.countReturned(ctx, h.teams) })
	reads.Go(func() error { return app.addOutcomes(ctx, h.teams, req.Now) })
	reads.Go(func() (err error) {
		h.waiting, err = app.waitScene(req, "", shown).waiting(ctx)
		h.waiting = h.waiting.first(homeWaits)
		return err
	})
	if !h.hasTeams {
		reads.Go(func() error {
			all, err := app.Store.Teams(ctx)
			h.hasTeams = len(all) > 0
			return err
		})
	}
	return reads.Wait()
}

// seesTeam tells whether the person may read the team's ideas from where they
// are.
func (app *App) seesTeam(ctx context.Context, req *Request, key pipeline.TeamKey) (bool, error) {
	team, err := app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	present, err := app.present(ctx, req, []pipeline.Team{team})
	where := pipeline.Where{Team: &team, InChannel: present[team.Channel]}
	return pipeline.May(app.Policy, req.Person, pipeline.ReadTeam, where).OK, err
}

// homeBlocks draws Home: what waits first, then teams, then own ideas.
func homeBlocks(app *App, h home) []slack.Block {
	var blocks []slack.Block
	if h.hasTeams {
		blocks = append(blocks, buttons(
			primary(button(actionNew, "Capture an idea", "", newParams())),
			button(actionDo, "Help", "with alignbot", newParams("run", "/align help")),
		))
	} else {
		welcome := Mrkdwn("*Welcome.* alignbot keeps ideas, the reasons behind them and what became of them where your team talks.")
		next := "To begin, type `" + Mrkdwn(app.command("/align setup")) + "` in your team's channel."
		if !h.canSetUp {
			next = "To begin, ask a workspace admin to type `" + Mrkdwn(app.command("/align setup")) + "` in your team's channel."
		}
		blocks = append(blocks, say(welcome), say(next))
	}
	if !h.absence.IsZero() {
		blocks = append(blocks, note("alignbot was not connected to Slack from ", whenTime(h.absence.From), " to ", whenTime(h.absence.To),
			". Reactions of that time did not reach it: please take them back and react again."))
	}
	blocks = append(blocks, header("Waiting for you"))
	blocks = append(blocks, homeWaiting(app, h)...)
	blocks = append(blocks, homeNudges(h.nudges, h.today)...)
	if len(h.teams) > 0 {
		blocks = append(blocks, header("My teams"))
		for _, team := range h.teams {
			blocks = append(blocks, homeTeamBlocks(team)...)
		}
		if h.moreTeams > 0 {
			blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("And %d more. Type `", h.moreTeams)+app.command("/idea list")+"` in their channels.")))
		}
	}
	blocks = append(blocks, header("My ideas"))
	if h.ideas.Total == 0 {
		return append(blocks, say("You have captured no ideas yet."))
	}
	for _, idea := range h.ideas.Ideas {
		blocks = append(blocks, ownRow(idea, h.hidden, newParams()))
	}
	if h.ideas.Of > 1 {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s", h.ideas.Number, h.ideas.Of, counted(h.ideas.Total, "idea", "ideas")))),
			buttons(pageButtons(actionHomePage, h.ideas.Number, h.ideas.Of, newParams())...))
	}
	return blocks
}

// homeWaiting is what waits for the person, the most urgent first.
func homeWaiting(app *App, h home) []slack.Block {
	blocks := h.waiting.blocks()
	for _, team := range h.teams {
		if team.owner {
			blocks = append(blocks, decisionBlocks(team.Team, team.Counts)...)
			blocks = append(blocks, returnedBlocks(team.Team, team.back)...)
		}
	}
	if h.inDiscovery > 0 {
		blocks = append(blocks, listBlock(counted(h.inDiscovery, "idea of yours is", "ideas of yours are")+" in discovery.", lookAt(h.inDiscovery),
			"own ideas in discovery", newParams("stage", string(pipeline.Discovery), "mine", "1")))
	}
	slots := slices.SortedFunc(maps.Keys(h.drafts), func(a, b string) int { return h.drafts[b].Saved.Compare(h.drafts[a].Saved) })
	for _, slot := range slots[:min(len(slots), homeDraftLimit)] {
		blocks = append(blocks, homeDraft(app, slot, h.drafts[slot], h.hidden)...)
	}
	for _, lost := range h.unconfirmed[:min(len(h.unconfirmed), homeTroubleMax)] {
		blocks = append(blocks, lostBlock(lost))
	}
	if len(blocks) == 0 {
		blocks = append(blocks, say("Nothing. You are up to date."))
	}
	return blocks
}

// lostBlock says that a message which shows a record may not have arrived, and
// offers to post it again.
func lostBlock(lost storage.Outgoing) *slack.SectionBlock {
	what, safe := "card of ", "The idea itself is stored."
	switch lost.Kind {
	case drawBallot:
		what, safe = "ballot on ", "The ballot and its votes are stored; while it runs, those who are asked find it in their Home."
	case drawRound:
		what, safe = "round of questions of ", "The questions and their answers are stored."
	}
	section := say("The " + Mrkdwn(what) + "*" + escape(lost.Subject) + "* may not have arrived in <#" + Mrkdwn(lost.Channel) + ">. " + Mrkdwn(safe))
	section.Accessory = slack.NewAccessory(button(actionResend, "Post again", "the "+what+lost.Subject, newParams("id", lost.ID, "idea", lost.Subject)))
	return section
}

// homeDraft is one thing that was begun and not submitted.
func homeDraft(app *App, slot string, d storage.Draft, hidden map[pipeline.TeamKey]bool) []slack.Block {
	of, title := keptIn(slot, d), beginningOf(slot, d)
	discard := button(actionDiscard, "Discard", of.about, newParams("draft", slot))
	said := rich(line(text(of.about + ".")))
	if pipeline.HasVisible(title) {
		discard = button(actionDiscard, "Discard", title, newParams("draft", slot))
		said = rich(line(text(of.about+": "), bold(title)))
	}
	if hidden[of.team] {
		return []slack.Block{
			said,
			note("It belongs to a private channel. Type `" + Mrkdwn(app.command("/idea")) + "` there to go on."),
			buttons(discard),
		}
	}
	return []slack.Block{said, buttons(of.onward, discard)}
}

// homeTeamBlocks are a team in short.
func homeTeamBlocks(t homeTeam) []slack.Block {
	value := newParams("team", string(t.Key))
	steps := []slack.BlockElement{
		button(actionNew, "Capture an idea", "for "+t.Name, value),
		button(actionPage, "Browse", "the ideas of "+t.Name, value),
	}
	steps = append(steps, t.outcomes.outcomeSteps(t.Team)...)
	if t.mayChange {
		steps = append(steps, button(actionTeamEdit, "Settings", "of "+t.Name, value))
	}
	words := []Mrkdwn{"*" + escape(t.Name) + "* (" + Mrkdwn(t.Key) + ") in <#" + Mrkdwn(t.Channel) + ">\n", stageLine(t.Counts)}
	if oldest, ok := t.Oldest[pipeline.Discovery]; ok {
		words = append(words, "\nLongest in discovery: "+Mrkdwn(oldest.Key.String())+", since ", when(oldest.Staged))
	}
	if t.Load.Ideas > 0 {
		words = append(words, "\n", Mrkdwn(pipeline.Runway(t.Team, t.Load)))
	}
	blocks := append([]slack.Block{say(words...)}, t.outcomes.outcomeBlocks()...)
	return append(blocks, buttons(steps...))
}

// resend posts a message again that may not have arrived.
func resend(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	mine, err := app.Store.Unconfirmed(ctx, req.Person.ID)
	if err != nil {
		return Reply{}, err
	}
	if i := slices.IndexFunc(mine, func(o storage.Outgoing) bool { return o.ID == p.Get("id") }); i >= 0 {
		if err := app.Store.Resend(ctx, mine[i].ID); err != nil {
			return Reply{}, err
		}
	}
	return openHome(ctx, app, req)
}
