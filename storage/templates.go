package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"alignbot/pipeline"
)

var (
	saveTemplateScript = loadScript("save_template")
	dropTemplateScript = loadScript("drop_template")
)

// SaveTemplate keeps a checklist as a team wants it. t.Version is the version it
// was read at, 0 for a new one and for the first change of a built-in one; when
// another change came between, the error is a *TemplateConflictError. Past
// pipeline.TemplateLimit it is a *pipeline.Problem, without that team
// ErrNotFound. Runs that have begun keep the template they began with.
func (s *Store) SaveTemplate(ctx context.Context, op string, team pipeline.TeamKey, t pipeline.Template) (pipeline.Template, error) {
	if op == "" {
		return pipeline.Template{}, errNoOp
	}
	read := t.Version
	t.Version = 0 // it is stored outside of the text
	text, err := templateText(t)
	if err != nil {
		return pipeline.Template{}, err
	}
	reply, err := s.write(ctx, saveTemplateScript, op, string(team), string(t.ID), read, text, pipeline.TemplateLimit)
	if err != nil {
		return pipeline.Template{}, err
	}
	answer, err := asTexts(reply)
	if err != nil || len(answer) == 0 {
		return pipeline.Template{}, fmt.Errorf("storage: save template: %w", &shapeError{"a status", reply})
	}
	switch {
	case answer[0] == "no team":
		return pipeline.Template{}, fmt.Errorf("storage: save template: %w", ErrNotFound)
	case answer[0] == "full":
		return pipeline.Template{}, &pipeline.Problem{
			Code: "templates-full",
			What: fmt.Sprintf("Team %s keeps %d checklists of its own already, and no room for one more.", team, pipeline.TemplateLimit),
			Safe: "All of them are kept.",
			Next: "Remove one that is not used any more, then save again.",
		}
	case len(answer) != 2:
		return pipeline.Template{}, fmt.Errorf("storage: save template: %w", &shapeError{"two values", reply})
	case answer[0] == "conflict":
		conflict := &TemplateConflictError{Team: team, ID: t.ID}
		if answer[1] != "" {
			if conflict.Current, err = ownTemplateOf(answer[1]); err != nil {
				return pipeline.Template{}, fmt.Errorf("storage: save template: %w", err)
			}
		}
		return pipeline.Template{}, fmt.Errorf("storage: save template: %w", conflict)
	}
	version, err := asInt(answer[1])
	if err != nil {
		return pipeline.Template{}, fmt.Errorf("storage: save template: %w", err)
	}
	t.Version = int64(version)
	return t, nil
}

// DropTemplate forgets a team's own version of a checklist: back to the
// built-in one, or gone. It need not exist.
func (s *Store) DropTemplate(ctx context.Context, op string, team pipeline.TeamKey, id pipeline.TemplateID) error {
	if op == "" {
		return errNoOp
	}
	_, err := s.write(ctx, dropTemplateScript, op, string(team), string(id))
	return err
}

// Templates gives the team's own checklists by name: those it changed and those
// it made.
func (s *Store) Templates(ctx context.Context, team pipeline.TeamKey) ([]pipeline.Template, error) {
	record, err := s.hash(ctx, "templates", "templates:"+string(team))
	if err != nil {
		return nil, err
	}
	templates, err := templatesOf(record)
	if err != nil {
		return nil, fmt.Errorf("storage: templates of %s: %w", team, err)
	}
	return templates, nil
}

// templatesOf reads {id: "version JSON"}; none for none.
func templatesOf(record map[string]string) ([]pipeline.Template, error) {
	var templates []pipeline.Template
	for _, text := range record {
		t, err := ownTemplateOf(text)
		if err != nil {
			return nil, err
		}
		templates = append(templates, t)
	}
	slices.SortFunc(templates, func(a, b pipeline.Template) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return templates, nil
}
