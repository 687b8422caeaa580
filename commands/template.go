package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// inTemplates marks the views of a team's checklists, the list and a single
// one: a button in them redraws the view, or opens a form on top of it.
const inTemplates = "templates"

// wantTemplates: a team's checklists, of the team that a button or menu names,
// or of the channel.
func wantTemplates(req *Request) (storage.Want, error) {
	if req.On == Slash {
		return storage.Want{Channel: req.Channel, Dossier: true}, nil
	}
	want, err := wantButtonTeam(req)
	want.Dossier = true
	return want, err
}

// template and item named; "" for none.
func (p params) template() pipeline.TemplateID { return pipeline.TemplateID(p.Get("template")) }
func (p params) item() pipeline.ItemID         { return pipeline.ItemID(p.Get("item")) }

// shelf is the checklists of a team.
type shelf struct {
	team pipeline.Team
	all  []pipeline.Template
	// may: whoever looks may change them.
	may bool
}

// shelf that was loaded.
func (app *App) shelf(req *Request) (shelf, error) {
	if req.Loaded.Team == nil || req.Loaded.Dossier == nil {
		return shelf{}, stale
	}
	return shelf{*req.Loaded.Team, req.Loaded.Dossier.Templates, app.may(req)(pipeline.ChangeTeam)}, nil
}

// clickedShelf is what the button carries that was used, and the shelf that was
// loaded for it.
func (app *App) clickedShelf(req *Request) (params, shelf, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return params{}, shelf{}, err
	}
	s, err := app.shelf(req)
	return p, s, err
}

// find gives a checklist by its id.
func (s shelf) find(id pipeline.TemplateID) (pipeline.Template, error) {
	t, ok := pipeline.FindTemplate(s.all, id)
	if !ok {
		return pipeline.Template{}, &pipeline.Problem{
			Code: "template-gone",
			What: fmt.Sprintf("That checklist is no longer among those of %s.", s.team.Name),
			Safe: "Checklists that have begun keep their questions and answers.",
			Next: "Type /validate checklists in the team's channel to see which there are.",
		}
	}
	return t, nil
}

// with gives the shelf with a checklist as it is now: added, changed, or, where
// it has no items, back to the built-in one or gone.
func (s shelf) with(id pipeline.TemplateID, now pipeline.Template) shelf {
	own := slices.DeleteFunc(slices.Clone(s.all), func(t pipeline.Template) bool { return t.ID == id || t.Version == 0 })
	if len(now.Items) > 0 {
		own = append(own, now)
	}
	s.all = pipeline.TemplatesOf(own)
	return s
}

// listTemplates shows the checklists of a team.
func listTemplates(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil && req.On == Slash {
		return chooseTemplates(ctx, app, req)
	}
	s, err := app.shelf(req)
	if err != nil {
		return Reply{}, err
	}
	return req.showTemplates(templateList(s, req.Channel)), nil
}

// chooseTemplates asks whose checklists are meant.
func chooseTemplates(ctx context.Context, app *App, req *Request) (Reply, error) {
	teams, err := visibleTeams(ctx, app, req, pipeline.ReadTeam)
	if err != nil {
		return Reply{}, err
	}
	if len(teams) == 0 {
		return offerTeams(ctx, app, req, pipeline.Draft{})
	}
	return tell("This channel is not a team's. Whose checklists would you like to see?",
		buttons(teamMenu(actionTemplates, "Choose a team", teams, newParams()))), nil
}

// showTemplate shows one checklist, question by question.
func showTemplate(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedShelf(req)
	if err != nil {
		return Reply{}, err
	}
	t, err := s.find(p.template())
	if err != nil {
		return Reply{}, err
	}
	return req.showTemplates(templateView(s, t, req.Channel)), nil
}

// showTemplates draws a view of checklists in the place of the one whose button
// was used, else opens it.
func (req *Request) showTemplates(view *slack.ModalViewRequest) Reply {
	if p, err := decodeParams(req.Value); err == nil && p.Get("in") == inTemplates && req.Form != nil {
		return Reply{Update: view}
	}
	return Reply{Open: view}
}

// changeTemplate applies a rule that does not depend on what others changed
// meanwhile to what the checklist is now.
func changeTemplate(ctx context.Context, app *App, req *Request, rule func(pipeline.Template, params) (pipeline.Template, error)) (Reply, error) {
	p, s, err := app.clickedShelf(req)
	if err != nil {
		return Reply{}, err
	}
	var conflict *storage.TemplateConflictError
	for range busyTries {
		now, err := s.find(p.template())
		if err != nil {
			return Reply{}, err
		}
		changed, err := rule(now, p)
		if err != nil {
			return Reply{}, err
		}
		saved := now
		if templateDigest(changed) != templateDigest(now) {
			saved, err = app.Store.SaveTemplate(ctx, req.Op, s.team.Key, changed)
			if errors.As(err, &conflict) {
				s = s.with(now.ID, conflict.Current)
				continue
			}
			if err != nil {
				return Reply{}, err
			}
			if saved.Version <= now.Version {
				saved = now // another delivery of this click changed it before
			}
		}
		return req.changedTemplate(s.with(saved.ID, saved), saved), nil
	}
	return Reply{}, templateBusy(conflict)
}

// changedTemplate answers a click that changed a checklist.
func (req *Request) changedTemplate(s shelf, t pipeline.Template) Reply {
	if req.Form != nil {
		return Reply{Update: templateView(s, t, req.Channel)}
	}
	return toldTemplate(s, t)
}

// toldTemplate says that a checklist is saved, where it is not in sight.
func toldTemplate(s shelf, t pipeline.Template) Reply {
	return tell("*"+escape(t.Name)+"* is saved. Checklists that have begun keep the questions they began with.",
		buttons(button(actionTemplate, "Show it", t.Name, s.params(t.ID, ""))))
}

// params name a checklist of the team, and a question in it.
func (s shelf) params(id pipeline.TemplateID, item pipeline.ItemID) params {
	return newParams("team", string(s.team.Key), "template", string(id), "item", string(item))
}

func templateBusy(cause error) error {
	return &pipeline.Problem{
		Code: "template-busy", Cause: cause,
		What: "Several people are changing this checklist at this moment.",
		Safe: "Nothing of theirs was overwritten.",
		Next: "Please try again.",
	}
}

// dropTemplate forgets the team's own version of a checklist.
func dropTemplate(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, s, err := app.clickedShelf(req)
	if err != nil {
		return Reply{}, err
	}
	t, err := s.find(p.template())
	if err != nil && req.Loaded.First {
		return Reply{}, err
	}
	if err == nil && t.Version > 0 {
		if err := s.checkUnused(t); err != nil {
			return Reply{}, err
		}
		if err := app.Store.DropTemplate(ctx, req.Op, s.team.Key, t.ID); err != nil {
			return Reply{}, err
		}
		s = s.with(t.ID, pipeline.Template{})
	}
	if req.Form != nil {
		return Reply{Update: templateList(s, req.Channel)}, nil
	}
	return tell("Done. Checklists that have begun keep their questions and answers."), nil
}

// checkUnused refuses to forget a checklist without which something could never
// pass. Where there is a built-in one, that takes its place.
func (s shelf) checkUnused(t pipeline.Template) error {
	if builtIn(t.ID) {
		return nil
	}
	refused := &pipeline.Problem{Code: "template-used", Safe: "Nothing was changed."}
	if slices.Contains(s.team.Required, t.ID) || slices.Contains(s.team.RequiredForBacklog, t.ID) {
		refused.What = fmt.Sprintf("%s is one of the checklists that ideas of %s have to pass, so it cannot be removed.", t.Name, s.team.Name)
		refused.Next = "Take it out of Checklists and limits in the team's settings first."
		return refused
	}
	var users []string
	for _, other := range s.all {
		if slices.ContainsFunc(other.Items, func(item pipeline.Item) bool { return item.Fact == checklistFact(t.ID) }) {
			users = append(users, other.Name)
		}
	}
	if len(users) == 0 {
		return nil
	}
	refused.What = fmt.Sprintf("%s has to be passed in %s, so it cannot be removed.", t.Name, strings.Join(users, ", "))
	refused.Next = "Change the question there first."
	return refused
}

// checkAmong refuses a checklist that does not go together with the others of the
// team. What was so before is not blamed on a change of something else.
func (s shelf) checkAmong(before, t pipeline.Template) error {
	own := slices.DeleteFunc(slices.Clone(s.all), func(t pipeline.Template) bool { return t.Version == 0 })
	err := pipeline.CheckAmong(t, own)
	if err != nil && before.ID != "" {
		if was := pipeline.CheckAmong(before, own); was != nil && was.Error() == err.Error() {
			return nil
		}
	}
	return err
}

func builtIn(id pipeline.TemplateID) bool {
	_, ok := pipeline.FindTemplate(pipeline.BuiltIn(), id)
	return ok
}

// checklistFact is the fact that a checklist has passed.
func checklistFact(id pipeline.TemplateID) pipeline.Fact {
	return pipeline.Fact(pipeline.ChecklistPassed + string(id))
}

// templateDigest tells one content of a checklist from another.
func templateDigest(t pipeline.Template) string { return digest(pipeline.FormatTemplate(t)) }

// headDigest does it for what stands above the questions.
func headDigest(t pipeline.Template) string {
	return templateDigest(pipeline.Template{Name: t.Name, About: t.About, Pass: t.Pass})
}
