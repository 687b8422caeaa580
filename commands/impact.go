package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// impacts are how those of a team's tree are written and stored.
var impacts = &mapped[pipeline.Impact]{
	kind: pipeline.ImpactNode, draft: draftImpact,
	create: actionImpactNew, edit: actionImpactEdit,
	find: func(nodes pipeline.Nodes, key pipeline.NodeKey) (pipeline.Impact, bool) {
		at := slices.IndexFunc(nodes.Impacts, func(i pipeline.Impact) bool { return i.Key == key })
		if at < 0 {
			return pipeline.Impact{}, false
		}
		return nodes.Impacts[at], true
	},
	key:     func(i pipeline.Impact) pipeline.NodeKey { return i.Key },
	version: func(i *pipeline.Impact) *int64 { return &i.Version },
	typed:   impactTyped,
	added: func(app *App, req *Request, typed map[pipeline.Field]string) (pipeline.Impact, pipeline.Event, error) {
		return pipeline.AddImpact(app.Policy, req.Person, req.where(), impactOf(typed), req.Loaded.Nodes, req.Now)
	},
	edited: func(app *App, req *Request, i pipeline.Impact, typed map[pipeline.Field]string) (pipeline.Impact, pipeline.Event, error) {
		return pipeline.EditImpact(app.Policy, req.Person, req.where(), i, impactOf(typed), req.Loaded.Nodes, req.Now)
	},
	add: func(s *storage.Store, ctx context.Context, op string, i pipeline.Impact, draft storage.Slot, event pipeline.Event) (pipeline.Impact, error) {
		return s.AddImpact(ctx, op, i, draft, event)
	},
	change: func(s *storage.Store, ctx context.Context, op string, i pipeline.Impact, draft storage.Slot, event pipeline.Event) (pipeline.Impact, error) {
		return s.ChangeImpact(ctx, op, i, draft, event)
	},
	newer: func(err error) (pipeline.Impact, bool) {
		var conflict *storage.ImpactConflictError
		if !errors.As(err, &conflict) {
			return pipeline.Impact{}, false
		}
		return conflict.Current, true
	},
	form: impactForm,
}

// impactTyped is an impact as its form shows it; a new one is empty.
func impactTyped(i pipeline.Impact) map[pipeline.Field]string {
	if i.Key.IsZero() {
		return nil
	}
	f := i.Form()
	return map[pipeline.Field]string{
		pipeline.FieldGoal: f.Goal, pipeline.FieldActor: f.Actor, pipeline.FieldFrom: f.From, pipeline.FieldTo: f.To,
		pipeline.FieldMeasure: f.Measure, pipeline.FieldThreshold: f.Threshold,
	}
}

// impactOf reads its form.
func impactOf(typed map[pipeline.Field]string) pipeline.ImpactForm {
	return pipeline.ImpactForm{
		Goal: typed[pipeline.FieldGoal], Actor: typed[pipeline.FieldActor], From: typed[pipeline.FieldFrom], To: typed[pipeline.FieldTo],
		Measure: typed[pipeline.FieldMeasure], Threshold: typed[pipeline.FieldThreshold],
	}
}

// impactForm draws the form of an impact.
func impactForm(m metadata, s mapScene, typed map[pipeline.Field]string, notes ...slack.Block) *slack.ModalViewRequest {
	title, submit := "Add an impact", "Add"
	if m.Version > 0 {
		title, submit = "Edit "+m.Node, "Save"
	}
	blocks := append(notes, s.underBlocks()...)
	if s.under == "" {
		blocks = append(blocks, nodeMenu(pipeline.FieldGoal, m.Fresh, "Goal", "The outcome that it helps to reach.", typed[pipeline.FieldGoal], s.goals()))
	}
	input := func(field pipeline.Field, label, hint, placeholder string) *slack.InputBlock {
		return textInput(field, m.Fresh, label, hint, placeholder, typed[field], pipeline.ImpactLimit, false)
	}
	return form(formImpact, title, submit, m, append(blocks,
		input(pipeline.FieldActor, "Who?", "A group of people that helps or hinders.", "Accountants of small firms"),
		optional(input(pipeline.FieldFrom, "What do they do today?", "", "Retype invoices")),
		input(pipeline.FieldTo, "What will they do otherwise?", "What people do, not what is built for it.", "Export them"),
		optional(input(pipeline.FieldMeasure, "How would one see it?", "", "Share of invoices that are exported")),
		optional(input(pipeline.FieldThreshold, "How much of it is enough?", "", "60 %")),
	)...)
}
