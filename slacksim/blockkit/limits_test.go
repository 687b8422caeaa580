package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

type m = map[string]any

func words(n int) string { return strings.Repeat("ü", n) } // two bytes each: limits count characters

func plainText(s string) m  { return m{"type": "plain_text", "text": s} }
func mrkdwnText(s string) m { return m{"type": "mrkdwn", "text": s} }

func times(n int, item func(i int) any) []any {
	items := make([]any, n)
	for i := range items {
		items[i] = item(i)
	}
	return items
}

func an(option string) m { return m{"text": plainText(option), "value": option} }

func someOptions(n int) []any {
	return times(n, func(i int) any { return an(fmt.Sprint("o", i)) })
}

func button(more m) m {
	b := m{"type": "button", "text": plainText("Go"), "action_id": "go"}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func buttons(n int) []any {
	return times(n, func(i int) any { return button(m{"action_id": fmt.Sprint("b", i)}) })
}

func actions(elements ...any) m { return m{"type": "actions", "elements": elements} }
func sectionBlock(text any) m   { return m{"type": "section", "text": text} }
func inputBlock(element any) m {
	return m{"type": "input", "label": plainText("Label"), "element": element}
}
func divider(i int) any              { return m{"type": "divider", "block_id": fmt.Sprint("d", i)} }
func with(base m, k string, v any) m { base[k] = v; return base }

func modalView(blocks ...any) m {
	return m{"type": "modal", "title": plainText("Title"), "submit": plainText("Save"), "blocks": blocks}
}

func homeView(blocks ...any) m { return m{"type": "home", "blocks": blocks} }

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// validate sends arrays to Message and objects to View.
func validate(t testing.TB, v any) []Problem {
	t.Helper()
	if _, isView := v.(m); isView {
		return View(asJSON(t, v))
	}
	return Message(asJSON(t, v))
}

func TestTheLimitIsAcceptedAndOneMoreIsRefused(t *testing.T) {
	one := func(b any) any { return []any{b} }
	in := func(element m) any { return modalView(inputBlock(element)) }
	img := func(k string, v any) any {
		return one(with(m{"type": "image", "alt_text": "a", "image_url": "https://x.example/a.png"}, k, v))
	}
	url := func(n int) string { return "https://x.example/" + strings.Repeat("a", n-len("https://x.example/")) }
	group := func(i int, n int) m {
		return m{"label": plainText("g"), "options": times(n, func(j int) any { return an(fmt.Sprint(i, "-", j)) })}
	}
	sel := func(kind string, more m) m {
		s := m{"type": kind, "action_id": "a"}
		for k, v := range more {
			s[k] = v
		}
		return s
	}
	table := func(rows []any) any { return one(m{"type": "table", "rows": rows}) }
	cell := func(s string) m { return m{"type": "raw_text", "text": s} }
	dataTable := func(rows []any, more m) any {
		b := m{"type": "data_table", "caption": "c", "rows": rows}
		for k, v := range more {
			b[k] = v
		}
		return one(b)
	}
	row := func(n int) any { return times(n, func(int) any { return cell("x") }) }
	pie := func(n int, label string) any {
		return one(m{"type": "data_visualization", "title": "t", "chart": m{"type": "pie", "segments": times(n, func(int) any { return m{"label": label, "value": 1} })}})
	}
	bar := func(points int, name string) any {
		categories := times(points, func(i int) any { return fmt.Sprint("c", i) })
		data := times(points, func(i int) any { return m{"label": fmt.Sprint("c", i), "value": -i} })
		return one(m{"type": "data_visualization", "title": "t", "chart": m{"type": "bar",
			"axis_config": m{"categories": categories}, "series": []any{m{"name": name, "data": data}}}})
	}
	card := func(k string, v any) any { return one(with(m{"type": "card", "body": plainText("b")}, k, v)) }
	container := func(k string, v any) any {
		return one(with(m{"type": "container", "title": plainText("t"), "child_blocks": []any{divider(0)}}, k, v))
	}
	layout := func(k string, v any) any {
		item := m{"block": m{"type": "divider"}}
		return one(with(m{"type": "layout", "label": "l", "rows": []any{m{"items": []any{item}}}}, k, v))
	}
	layoutRow := func(n int) m {
		return m{"items": times(n, func(int) any { return m{"block": m{"type": "divider"}} })}
	}
	confirmation := func(k string, v any) any {
		c := m{"title": plainText("t"), "text": plainText("t"), "confirm": plainText("y"), "deny": plainText("n")}
		return one(actions(button(m{"confirm": with(c, k, v)})))
	}

	tests := []struct {
		rule  string
		limit int
		build func(n int) any
	}{
		{"blocks in a message", 50, func(n int) any { return times(n, divider) }},
		{"blocks in a modal", 100, func(n int) any { return modalView(times(n, divider)...) }},
		{"blocks in a Home", 100, func(n int) any { return homeView(times(n, divider)...) }},
		{"blocks in a message, children of a container included", 50, func(n int) any {
			return append(times(n-3, divider), m{"type": "container", "title": plainText("t"), "child_blocks": []any{m{"type": "divider"}, m{"type": "divider"}}})
		}},
		{"blocks in a message, cards of a carousel left out", 50, func(n int) any {
			return append(times(n-1, divider), m{"type": "carousel", "elements": []any{card("body", plainText("b")).([]any)[0], card("body", plainText("b")).([]any)[0]}})
		}},
		{"block_id", 255, func(n int) any { return one(m{"type": "divider", "block_id": words(n)}) }},
		{"action_id", 255, func(n int) any { return one(actions(button(m{"action_id": words(n)}))) }},

		{"modal title", 24, func(n int) any { return with(modalView(divider(0)), "title", plainText(words(n))) }},
		{"modal submit", 24, func(n int) any { return with(modalView(divider(0)), "submit", plainText(words(n))) }},
		{"modal close", 24, func(n int) any { return with(modalView(divider(0)), "close", plainText(words(n))) }},
		{"private_metadata", 3000, func(n int) any { return with(modalView(divider(0)), "private_metadata", words(n)) }},
		{"private_metadata of a Home", 3000, func(n int) any { return with(homeView(divider(0)), "private_metadata", words(n)) }},
		{"callback_id", 255, func(n int) any { return with(modalView(divider(0)), "callback_id", words(n)) }},
		{"external_id", 255, func(n int) any { return with(modalView(divider(0)), "external_id", words(n)) }},

		{"section text", 3000, func(n int) any { return one(sectionBlock(mrkdwnText(words(n)))) }},
		{"section field", 2000, func(n int) any { return one(m{"type": "section", "fields": []any{plainText(words(n))}}) }},
		{"section fields", 10, func(n int) any {
			return one(m{"type": "section", "fields": times(n, func(int) any { return plainText("f") })})
		}},
		{"actions elements", 25, func(n int) any { return one(actions(buttons(n)...)) }},
		{"context elements", 10, func(n int) any {
			return one(m{"type": "context", "elements": times(n, func(int) any { return mrkdwnText("c") })})
		}},
		{"header", 150, func(n int) any { return one(m{"type": "header", "text": plainText(words(n))}) }},
		{"header level", 4, func(n int) any { return one(m{"type": "header", "text": plainText("h"), "level": n}) }},
		{"image alt_text", 2000, func(n int) any { return img("alt_text", words(n)) }},
		{"image title", 2000, func(n int) any { return img("title", plainText(words(n))) }},
		{"image_url", 3000, func(n int) any { return img("image_url", url(n)) }},
		{"input label", 2000, func(n int) any {
			return modalView(with(inputBlock(m{"type": "plain_text_input"}), "label", plainText(words(n))))
		}},
		{"input hint", 2000, func(n int) any {
			return modalView(with(inputBlock(m{"type": "plain_text_input"}), "hint", plainText(words(n))))
		}},
		{"rich text indent", 8, func(n int) any {
			return one(m{"type": "rich_text", "elements": []any{m{"type": "rich_text_list", "style": "bullet", "indent": n, "elements": []any{m{"type": "rich_text_section", "elements": []any{}}}}}})
		}},
		{"rich text border", 1, func(n int) any {
			return one(m{"type": "rich_text", "elements": []any{m{"type": "rich_text_quote", "border": n, "elements": []any{}}}})
		}},
		{"video title is under 200", 199, func(n int) any { return one(video("title", plainText(words(n)))) }},
		{"video author is under 50", 49, func(n int) any { return one(video("author_name", words(n))) }},
		{"markdown over the whole message", 12000, func(n int) any {
			return []any{m{"type": "markdown", "text": words(6000)}, m{"type": "markdown", "text": words(n - 6000)}}
		}},

		{"button text", 75, func(n int) any { return one(actions(button(m{"text": plainText(words(n))}))) }},
		{"button value", 2000, func(n int) any { return one(actions(button(m{"value": words(n)}))) }},
		{"button url", 3000, func(n int) any { return one(actions(button(m{"url": url(n)}))) }},
		{"accessibility_label", 75, func(n int) any { return one(actions(button(m{"accessibility_label": words(n)}))) }},
		{"visible_to_user_ids", 10, func(n int) any {
			return one(actions(button(m{"visible_to_user_ids": times(n, func(int) any { return "U1" })})))
		}},
		{"checkboxes", 10, func(n int) any { return in(sel("checkboxes", m{"options": someOptions(n)})) }},
		{"radio buttons", 10, func(n int) any { return in(sel("radio_buttons", m{"options": someOptions(n)})) }},
		{"overflow options", 5, func(n int) any { return one(actions(sel("overflow", m{"options": someOptions(n)}))) }},
		{"overflow option url", 3000, func(n int) any {
			return one(actions(sel("overflow", m{"options": []any{with(an("o"), "url", url(n))}})))
		}},
		{"select options", 100, func(n int) any { return in(sel("static_select", m{"options": someOptions(n)})) }},
		{"multi-select options", 100, func(n int) any { return in(sel("multi_static_select", m{"options": someOptions(n)})) }},
		{"option groups", 100, func(n int) any {
			return in(sel("static_select", m{"option_groups": times(n, func(i int) any { return group(i, 1) })}))
		}},
		{"options in a group", 100, func(n int) any { return in(sel("static_select", m{"option_groups": []any{group(0, n)}})) }},
		{"option group label", 75, func(n int) any {
			return in(sel("static_select", m{"option_groups": []any{with(group(0, 1), "label", plainText(words(n)))}}))
		}},
		{"option text", 75, func(n int) any {
			return in(sel("static_select", m{"options": []any{with(an("o"), "text", plainText(words(n)))}}))
		}},
		{"option value", 150, func(n int) any {
			return in(sel("static_select", m{"options": []any{with(an("o"), "value", words(n))}}))
		}},
		{"option description", 75, func(n int) any {
			return in(sel("static_select", m{"options": []any{with(an("o"), "description", plainText(words(n)))}}))
		}},
		{"placeholder", 150, func(n int) any { return in(sel("users_select", m{"placeholder": plainText(words(n))})) }},
		{"min_length", 3000, func(n int) any { return in(m{"type": "plain_text_input", "min_length": n}) }},
		{"max_length", 3000, func(n int) any { return in(m{"type": "plain_text_input", "max_length": n}) }},
		{"initial_value within max_length", 7, func(n int) any {
			return in(m{"type": "plain_text_input", "max_length": 7, "initial_value": words(n)})
		}},
		{"rich text input lines", 100, func(n int) any { return in(m{"type": "rich_text_input", "max_lines": n}) }},
		{"files of a file input", 10, func(n int) any { return in(m{"type": "file_input", "max_files": n}) }},
		{"digits of a datetime", 9_999_999_999, func(n int) any { return in(m{"type": "datetimepicker", "initial_date_time": n}) }},
		{"focused elements in a view", 1, func(n int) any {
			return modalView(times(n, func(int) any { return inputBlock(m{"type": "plain_text_input", "focus_on_load": true}) })...)
		}},

		{"confirm title", 100, func(n int) any { return confirmation("title", plainText(words(n))) }},
		{"confirm text", 300, func(n int) any { return confirmation("text", mrkdwnText(words(n))) }},
		{"confirm confirm", 30, func(n int) any { return confirmation("confirm", plainText(words(n))) }},
		{"confirm deny", 30, func(n int) any { return confirmation("deny", plainText(words(n))) }},

		{"alert text", 200, func(n int) any { return modalView(m{"type": "alert", "text": mrkdwnText(words(n))}) }},
		{"table rows", 100, func(n int) any { return table(times(n, func(int) any { return row(1) })) }},
		{"table columns", 20, func(n int) any { return table([]any{row(n)}) }},
		{"table characters", 10000, func(n int) any { return table([]any{[]any{cell(words(n))}}) }},
		{"table characters over the whole message", 10000, func(n int) any {
			return []any{m{"type": "table", "rows": []any{[]any{cell(words(4000))}}}, m{"type": "table", "rows": []any{[]any{cell(words(n - 4000))}}}}
		}},
		{"table column settings", 20, func(n int) any {
			return one(m{"type": "table", "rows": []any{row(1)}, "column_settings": times(n, func(int) any { return m{"align": "left"} })})
		}},
		{"data table rows", 201, func(n int) any { return dataTable(times(n, func(int) any { return row(1) }), nil) }},
		{"data table columns", 20, func(n int) any { return dataTable([]any{row(n), row(n)}, nil) }},
		{"data table characters", 20000, func(n int) any { return dataTable([]any{[]any{cell("h")}, []any{cell(words(n - 1))}}, nil) }},
		{"data table page_size", 100, func(n int) any { return dataTable([]any{row(1), row(1)}, m{"page_size": n}) }},
		{"charts in a message", 2, func(n int) any {
			return times(n, func(int) any { return pie(1, "a").([]any)[0] })
		}},
		{"chart title", 50, func(n int) any { return one(with(pie(1, "a").([]any)[0].(m), "title", words(n))) }},
		{"pie segments", 6, func(n int) any { return pie(n, "a") }},
		{"pie label", 20, func(n int) any { return pie(1, words(n)) }},
		{"points of a series", 20, func(n int) any { return bar(n, "s") }},
		{"series name", 20, func(n int) any { return bar(1, words(n)) }},
		{"card title", 150, func(n int) any { return card("title", mrkdwnText(words(n))) }},
		{"card subtitle", 150, func(n int) any { return card("subtitle", mrkdwnText(words(n))) }},
		{"card body", 200, func(n int) any { return card("body", mrkdwnText(words(n))) }},
		{"cards in a carousel", 10, func(n int) any {
			return one(m{"type": "carousel", "elements": times(n, func(int) any { return card("body", plainText("b")).([]any)[0] })})
		}},
		{"container title", 150, func(n int) any { return container("title", plainText(words(n))) }},
		{"container subtitle", 150, func(n int) any { return container("subtitle", plainText(words(n))) }},
		{"container children", 10, func(n int) any { return container("child_blocks", times(n, divider)) }},
		{"layout label", 150, func(n int) any { return layout("label", words(n)) }},
		{"layout rows", 5, func(n int) any { return layout("rows", times(n, func(int) any { return layoutRow(1) })) }},
		{"layout items in a row", 3, func(n int) any { return layout("rows", []any{layoutRow(n)}) }},
		{"context actions", 5, func(n int) any {
			return one(m{"type": "context_actions", "elements": times(n, func(i int) any {
				return m{"type": "icon_button", "icon": "trash", "text": plainText("Delete"), "action_id": fmt.Sprint(i)}
			})})
		}},
		{"feedback button text", 75, func(n int) any { return one(feedback("text", plainText(words(n)))) }},
		{"feedback button value", 2000, func(n int) any { return one(feedback("value", words(n))) }},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if ps := validate(t, tt.build(tt.limit)); len(ps) > 0 {
				t.Errorf("%d is at the limit, but refused: %v", tt.limit, ps)
			}
			ps := validate(t, tt.build(tt.limit+1))
			if len(ps) == 0 {
				t.Errorf("%d is over the limit, but accepted", tt.limit+1)
			}
			for _, p := range ps {
				if p.Code != CodeFailedConstraint || p.Constraint == "" {
					t.Errorf("refused for another reason: %+v", p)
				}
			}
		})
	}
}

func video(k string, v any) m {
	return with(m{"type": "video", "alt_text": "a", "title": plainText("t"), "thumbnail_url": "https://x.example/t.png", "video_url": "https://x.example/v"}, k, v)
}

func feedback(k string, v any) m {
	side := func() m { return m{"text": plainText("Good"), "value": "good"} }
	return m{"type": "context_actions", "elements": []any{m{"type": "feedback_buttons", "positive_button": with(side(), k, v), "negative_button": side()}}}
}

func TestTheMinimumIsAcceptedAndOneLessIsRefused(t *testing.T) {
	one := func(b any) any { return []any{b} }
	tests := []struct {
		rule    string
		minimum int
		build   func(n int) any
	}{
		{"blocks in a Home", 1, func(n int) any { return homeView(times(n, divider)...) }},
		{"blocks in a modal", 1, func(n int) any { return modalView(times(n, divider)...) }},
		{"modal title", 1, func(n int) any { return with(modalView(divider(0)), "title", plainText(words(n))) }},
		{"section text", 1, func(n int) any { return one(sectionBlock(mrkdwnText(words(n)))) }},
		{"section fields", 1, func(n int) any {
			return one(m{"type": "section", "fields": times(n, func(int) any { return plainText("f") })})
		}},
		{"actions elements", 1, func(n int) any { return one(actions(buttons(n)...)) }},
		{"context elements", 1, func(n int) any {
			return one(m{"type": "context", "elements": times(n, func(int) any { return mrkdwnText("c") })})
		}},
		{"header", 1, func(n int) any { return one(m{"type": "header", "text": plainText(words(n))}) }},
		{"header level", 1, func(n int) any { return one(m{"type": "header", "text": plainText("h"), "level": n}) }},
		{"checkboxes", 1, func(n int) any { return one(actions(m{"type": "checkboxes", "options": someOptions(n)})) }},
		{"overflow options", 1, func(n int) any { return one(actions(m{"type": "overflow", "options": someOptions(n)})) }},
		{"select options", 1, func(n int) any { return one(actions(m{"type": "static_select", "options": someOptions(n)})) }},
		{"max_length", 1, func(n int) any { return modalView(inputBlock(m{"type": "plain_text_input", "max_length": n})) }},
		{"max_selected_items", 1, func(n int) any {
			return one(actions(m{"type": "multi_users_select", "max_selected_items": n}))
		}},
		{"digits of a datetime", 1_000_000_000, func(n int) any {
			return one(actions(m{"type": "datetimepicker", "initial_date_time": n}))
		}},
		{"data table rows", 2, func(n int) any {
			return one(m{"type": "data_table", "caption": "c", "rows": times(n, func(int) any { return []any{m{"type": "raw_text", "text": "x"}} })})
		}},
		{"pie value is above 0", 1, func(n int) any {
			return one(m{"type": "data_visualization", "title": "t", "chart": m{"type": "pie", "segments": []any{m{"label": "a", "value": n}}}})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if ps := validate(t, tt.build(tt.minimum)); len(ps) > 0 {
				t.Errorf("%d is the minimum, but refused: %v", tt.minimum, ps)
			}
			if ps := validate(t, tt.build(tt.minimum-1)); len(ps) == 0 {
				t.Errorf("%d is below the minimum, but accepted", tt.minimum-1)
			}
		})
	}
}

func TestAViewOf250KBIsAcceptedAndOneByteMoreIsTooLarge(t *testing.T) {
	// Space between tokens counts as well, as it is sent.
	view := asJSON(t, homeView(divider(0)))
	view = append(view, []byte(strings.Repeat(" ", MaxViewBytes-len(view)))...)
	if ps := View(view); len(ps) > 0 {
		t.Errorf("at the limit: %v", ps)
	}
	ps := View(append(view, ' '))
	if len(ps) != 1 || ps[0].Code != CodeViewTooLarge {
		t.Errorf("over the limit: %v", ps)
	}
}

func TestAHundredAttachmentsAreAcceptedAndOneMoreIsTooMany(t *testing.T) {
	attachments := func(n int) []byte {
		return asJSON(t, times(n, func(int) any { return m{"color": "#00f", "blocks": []any{divider(0)}} }))
	}
	if ps := Attachments(attachments(MaxAttachments)); len(ps) > 0 {
		t.Errorf("at the limit: %v", ps)
	}
	code, errors := AttachmentError(Attachments(attachments(MaxAttachments + 1)))
	if code != "too_many_attachments" || errors != nil {
		t.Errorf("over the limit: %q %v", code, errors)
	}
}

func TestAHundredSuggestionsAreAcceptedAndOneMoreIsRefused(t *testing.T) {
	for _, tt := range []struct {
		n       int
		refused bool
	}{{0, false}, {100, false}, {101, true}} {
		if ps := Suggestions(asJSON(t, m{"options": someOptions(tt.n)})); len(ps) > 0 != tt.refused {
			t.Errorf("%d options: %v", tt.n, ps)
		}
	}
}
