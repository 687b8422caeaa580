package blockkit

// InputIDs lists the block_ids of the input blocks of a view, in order: the keys that an "errors" answer
// to its submission may use. Blocks without an id are skipped, so give it the view as Slack stored it.
func InputIDs(view []byte) (blockIDs []string) {
	v, _ := decode(view)
	obj, _ := v.(object)
	walkBlocks(obj["blocks"], func(b object) {
		if id, ok := b["block_id"].(string); ok && b["type"] == "input" {
			blockIDs = append(blockIDs, id)
		}
	})
	return blockIDs
}

// TextTotal is the number of characters in all texts of a blocks array that a reader sees, to be held
// against MaxTextTotal. It is 0 for anything that is not an array.
func TextTotal(blocks []byte) int {
	v, _ := decode(blocks)
	list, _ := v.([]any)
	return Blocks(list).TextTotal()
}

// walkBlocks visits blocks in reading order, those inside containers, layouts and carousels included.
func walkBlocks(v any, visit func(object)) {
	items, _ := v.([]any)
	for _, item := range items {
		b, ok := item.(object)
		if !ok {
			continue
		}
		visit(b)
		walkBlocks(b["child_blocks"], visit)
		rows, _ := b["rows"].([]any)
		for _, row := range rows {
			r, _ := row.(object)
			cells, _ := r["items"].([]any)
			for _, cell := range cells {
				if c, ok := cell.(object); ok {
					walkBlocks([]any{c["block"]}, visit)
				}
			}
		}
	}
}
