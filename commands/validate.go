package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// wantValidation: what the overview of the idea typed is drawn from; without a
// key, the team of the channel.
func wantValidation(req *Request) (storage.Want, error) {
	if strings.TrimSpace(req.Words) == "" {
		return storage.Want{Channel: req.Channel}, nil
	}
	key, err := pipeline.ParseTypedKey(typed(req.Words))
	if err != nil {
		return storage.Want{}, err
	}
	want := overviewWant(key)
	want.Channel = req.Channel // whose team is meant by a bare number
	return want, nil
}

// wantOverview: the same for the idea that a button names.
func wantOverview(req *Request) (storage.Want, error) {
	_, key, err := req.buttonIdea()
	return overviewWant(key), err
}

// overviewWant is what the overview of an idea is drawn from.
func overviewWant(key pipeline.Key) storage.Want {
	return storage.Want{Idea: key, Dossier: true, Outcomes: true, Chain: true, Evidence: evidenceShown}
}

// validate answers /validate: the overview of one idea, or what there is to
// validate.
func validate(ctx context.Context, app *App, req *Request) (Reply, error) {
	if strings.TrimSpace(req.Words) != "" {
		return showOverview(ctx, app, req)
	}
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionDiscovery, newParams())
	}
	return listDiscovery(ctx, app, req, newParams("team", string(req.Loaded.Team.Key)))
}

// showOverview opens the overview of an idea; in a form it takes that one's
// place, so that there is room for what opens from it.
func showOverview(ctx context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	if p, err := decodeParams(req.Value); err == nil && p.Get("runs") != "" {
		m := metadata{Idea: idea.Key.String(), Channel: req.Channel}
		return inPlace(req, app.overviewOf(ctx, req).allRuns(m, p.page())), nil
	}
	return inPlace(req, app.overview(ctx, req, place{in: inOverview, idea: idea.Key, channel: req.Channel})), nil
}

// overview draws what an idea lacks, its checklists and its evidence.
func (app *App) overview(ctx context.Context, req *Request, at place) *slack.ModalViewRequest {
	return overviewForm(app.overviewOf(ctx, req), metadata{Idea: at.idea.String(), Channel: at.channel})
}

// overviewOf puts together what overviewWant loaded.
func (app *App) overviewOf(ctx context.Context, req *Request) overview {
	return overview{
		idea: *req.Loaded.Idea, team: *req.Loaded.Team, dossier: *req.Loaded.Dossier,
		outcomes: req.knownOutcomes(), links: app.links(ctx, req, *req.Loaded.Idea), evidence: req.Loaded.Evidence,
		may: app.may(req), now: req.Now,
	}
}

// turnDiscovery shows what there is to validate in the team chosen, or another
// page of it.
func turnDiscovery(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	return listDiscovery(ctx, app, req, p)
}

// listDiscovery lists the ideas in discovery of a team; where there are none,
// those that could be taken there.
func listDiscovery(ctx context.Context, app *App, req *Request, value params) (Reply, error) {
	team := *req.Loaded.Team
	list := storage.List{Team: team.Key, Stage: pipeline.Discovery}
	page, err := app.Store.Page(ctx, list, value.page(), pageSize)
	if err == nil && page.Total == 0 {
		list.Stage = pipeline.Captured
		page, err = app.Store.Page(ctx, list, value.page(), pageSize)
	}
	if err != nil {
		return Reply{}, err
	}
	post := discoveryPost(app, team, list.Stage, page, value, app.may(req))
	switch {
	case req.On == Button && req.Message != nil && req.Message.Private:
		return Reply{Replace: &post}, nil
	case req.Form != nil || req.Channel == "":
		return inPlace(req, form("validate.list", "In discovery", "", metadata{Channel: req.Channel}, post.Blocks...)), nil
	}
	return Reply{Tell: &post}, nil
}

// discoveryPost draws a page of the ideas in discovery, each with the button to
// its overview, or of the captured ones, each with the one that takes it there.
func discoveryPost(app *App, team pipeline.Team, stage pipeline.Stage, page storage.Page, value params, may func(pipeline.Action) bool) Post {
	title := "In discovery: " + team.Name
	blocks := []slack.Block{header(title)}
	if stage == pipeline.Captured {
		blocks = append(blocks, say("Nothing is in discovery at the moment."))
	}
	switch {
	case page.Total == 0:
		blocks = append(blocks, note("And nothing waits to be taken there. Type `"+Mrkdwn(app.command("/idea"))+"` to capture an idea."))
		return Post{Text: fallback(title) + ": nothing, and no captured ideas", Blocks: blocks}
	case stage == pipeline.Captured:
		blocks = append(blocks, say("*These are captured. Which one is worth finding out more about?*"))
	}
	step, _ := pipeline.StepTo(pipeline.Captured, pipeline.Discovery)
	for _, idea := range page.Ideas {
		key := idea.Key.String()
		row := slack.NewSectionBlock(plain(key+"  "+idea.Title), nil, nil)
		if stage == pipeline.Captured && may(step.May) {
			row.Accessory = slack.NewAccessory(moveButton(idea.Key, step, ""))
		} else {
			row.Accessory = slack.NewAccessory(button(actionValidate, "Validate", key, newParams("idea", key)))
		}
		blocks = append(blocks, row)
	}
	count := counted(page.Total, "idea", "ideas")
	blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, newest first", page.Number, page.Of, count))))
	if page.Of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionDiscovery, page.Number, page.Of, value)...))
	}
	return Post{Text: fallback(title) + Mrkdwn(fmt.Sprintf(": %s, page %d of %d", count, page.Number, page.Of)), Blocks: blocks}
}
