package commands

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Who develops in a team, so that taking part can be shown by role.

// openDevelopers opens the form that names them.
func openDevelopers(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	d, err := app.Store.Developers(ctx, req.Loaded.Team.Key)
	if err != nil {
		return Reply{}, err
	}
	m := req.formOver(p, "")
	m.Team = req.Loaded.Team.Key
	return Reply{Open: developersForm(m, *req.Loaded.Team, d)}, nil
}

// nameDevelopers stores who was chosen.
func nameDevelopers(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	if req.Loaded.Team == nil {
		return Reply{}, stale
	}
	chosen := req.Form.Value(pipeline.FieldDevelopers).Chosen
	d, err := pipeline.NameDevelopers(app.Policy, req.Person, req.where(), chosen)
	if err != nil {
		return Reply{}, err
	}
	if d, err = app.Store.NameDevelopers(ctx, req.tryOf(chosen), d, storage.Slot{}, req.Person.ID); err != nil {
		return Reply{}, err
	}
	told := tell("Nobody is named as a developer now, so all but the product owners count together.")
	if n := len(d.People); n > 0 {
		told = tell(Mrkdwn(capital(counted(n, "person is", "people are"))) + " named as developers now. It counts in the summaries to come.")
	}
	return app.finish(ctx, req, m, told), nil
}

// developersForm draws the form that names who develops in a team.
func developersForm(m metadata, team pipeline.Team, d pipeline.Developers) *slack.ModalViewRequest {
	people := optional(peopleInput(pipeline.FieldDevelopers, m.Fresh, "Who develops the product?",
		"They are shown as one role, beside the product owners and everybody else, the stakeholders. Only shares are shown, never who did what.", strings.Join(d.People, ",")))
	people.DispatchAction = false
	return form(formDevelopers, "Developers", "Save", m, say("*Developers of ", escape(team.Name), "*"), people)
}

// developersButton opens the form that names who develops in a team.
func developersButton(team pipeline.TeamKey) *slack.ButtonBlockElement {
	return button(actionDevelopers, "Name the developers…", "of "+string(team), newParams("team", string(team)))
}
