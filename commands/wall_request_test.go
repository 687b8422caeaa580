package commands

import (
	"time"

	"alignbot/pipeline"
)

// wallParams are what the buttons of walls, of the alignment probe and of questions by
// role carry.
func wallParams(e Entry, p params) params {
	switch e.Name {
	case actionWallTurn, actionProbe:
		return p.set("to", nudgesOn)
	case actionProbeOpen:
		return p.set("week", pipeline.ProbeWeek(time.Now(), time.UTC))
	case actionRoleTap, actionRoleClose, actionRoleAgenda, actionRolePoint:
		return p.set("roles", "1").set("choice", "0")
	}
	return p
}

// wallValues are what somebody chooses in their forms.
func wallValues(e Entry, values map[string]Value) {
	switch e.Name {
	case formProbe:
		values[string(pipeline.FieldProbe)] = Value{Text: string(pipeline.ProbeUnknown)}
	case formRoles:
		values[string(pipeline.FieldRoleItem)], values[string(pipeline.FieldDays)] = Value{}, Value{Text: "3"}
	}
}
