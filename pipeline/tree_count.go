package pipeline

// Together are ideas that are linked to the same several nodes.
type Together struct {
	Nodes []NodeKey
	Stage Stage
	Ideas int // how many at that stage
}

// togetherOn finds them by node.
type togetherOn map[NodeKey][]*Together

func togetherOnNodes(all []Together) togetherOn {
	on := togetherOn{}
	for i := range all {
		for _, key := range all[i].Nodes {
			on[key] = append(on[key], &all[i])
		}
	}
	return on
}

// countIdeas counts the ideas on a branch and all under it, each once however many
// of its links lead there. The parked ones are counted apart.
func (on togetherOn) countIdeas(b Branch) (ideas, parked int) {
	add := func(stage Stage, n int) {
		if stage == Parked {
			parked += n
		} else {
			ideas += n
		}
	}
	met := map[*Together]bool{}
	var count func(Branch)
	count = func(b Branch) {
		for _, stage := range Stages() {
			add(stage, b.Ideas.Stages[stage])
		}
		for _, together := range on[b.Key] {
			if met[together] { // counted on another node
				add(together.Stage, -together.Ideas)
			}
			met[together] = true
		}
		for _, child := range b.Children {
			count(child)
		}
	}
	count(b)
	return ideas, parked
}
