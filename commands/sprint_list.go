package commands

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// turnSprints shows another page of a team's sprints in the place of the one before.
func turnSprints(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil || req.Loaded.Team == nil {
		return Reply{}, stale
	}
	post, err := app.sprintsPost(ctx, req, p.page())
	if err != nil {
		return Reply{}, err
	}
	return req.turned(post, form("sprint.list", "Sprints", "", metadata{Channel: req.Channel}, post.Blocks...)), nil
}

// turned shows a page of a list where its button stands: in the form, which it takes
// the place of, in the place of a private message, or as one.
func (req *Request) turned(post *Post, view *slack.ModalViewRequest) Reply {
	switch {
	case req.Form != nil:
		return Reply{Update: view}
	case req.Channel == "":
		return Reply{Open: view}
	}
	return req.privately(*post)
}

// sprintsPost draws a page of the team's sprints.
func (app *App) sprintsPost(ctx context.Context, req *Request, page int) (*Post, error) {
	team := *req.Loaded.Team
	sprints, total, err := app.Store.Sprints(ctx, team.Key, page, pageSize)
	if of := pagesOf(total); err == nil && page > of { // past the end is the last one
		page = of
		sprints, total, err = app.Store.Sprints(ctx, team.Key, page, pageSize)
	}
	if err != nil {
		return nil, err
	}
	in := ""
	if req.Form != nil || req.Channel == "" { // in a form the sprint takes the place of the list
		in = inSprint
	}
	return sprintsList(team, sprints, page, total, in), nil
}

// pagesOf is how many pages a list of that many has; an empty one has one.
func pagesOf(total int) int { return max(1, (total+pageSize-1)/pageSize) }

// sprintsList draws it; in names the form it stands in, "" for a message.
func sprintsList(team pipeline.Team, sprints []pipeline.Sprint, page, total int, in string) *Post {
	title := "Sprints of " + team.Name
	blocks := []slack.Block{header(title)}
	for _, sprint := range sprints {
		words := fmt.Sprintf("%s, %s\n%s\n", sprintName(sprint), sprintDays(sprint.First, sprint.Last), sprint.Goal)
		if sprint.IsOpen() {
			words += "Open · " + counted(len(sprint.Items), "idea", "ideas") + fmt.Sprintf(" · planned: %d %s", sprint.Planned, sprint.Unit())
		} else {
			words += fmt.Sprintf("Finished: %s · planned: %d %s", finishedWords(sprint), sprint.Planned, sprint.Unit())
		}
		blocks = append(blocks, slack.NewSectionBlock(plain(words), nil, slack.NewAccessory(sprintButton(sprint, in))))
	}
	count, of := counted(total, "sprint", "sprints"), pagesOf(total)
	if total == 0 {
		blocks = append(blocks, say("None is written down yet."))
	} else {
		blocks = append(blocks, note(Mrkdwn(fmt.Sprintf("Page %d of %d · %s, the newest first", page, of, count))))
	}
	if of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionSprints, page, of, newParams("team", string(team.Key)))...))
	}
	return &Post{Text: fallback(title) + ": " + Mrkdwn(count), Blocks: blocks}
}
