package drawing

import "image/color"

// hue is a colour with a meaning. Its shades come from the palette of the theme.
type hue int

// The hues: those of Okabe and Ito, which people with any kind of colour blindness
// tell apart (https://jfly.uni-koeln.de/color/), and grey.
const (
	grey hue = iota
	blue
	sky
	green
	orange
	vermilion
	purple
	hues // how many
)

// shades of a hue. word is legible on a card and on a panel, deep on soft.
type shades struct{ strong, word, soft, deep color.NRGBA }

// palette is the colours of a theme.
type palette struct {
	page, panel, surface color.NRGBA // from back to front; cards are of surface
	ink, muted           color.NRGBA // of text on any of them
	rule, edge           color.NRGBA // of curves between cards; of borders
	track                color.NRGBA // behind a bar
	shadow               color.NRGBA // at its darkest
	hues                 [hues]shades
}

// palette gives the colours of a theme.
func (t Theme) palette() palette {
	if t == Dark {
		return darkPalette
	}
	return lightPalette
}

// of gives the shades of a hue.
func (p palette) of(h hue) shades { return p.hues[h] }

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

var lightPalette = palette{
	page: rgb(0xf6f8fa), panel: rgb(0xe9edf2), surface: rgb(0xffffff),
	ink: rgb(0x1b1f24), muted: rgb(0x525c67),
	rule: rgb(0xb4bfcb), edge: rgb(0xd5dce3), track: rgb(0xe1e6ec),
	shadow: color.NRGBA{20, 30, 45, 46},
	hues: [hues]shades{
		grey:      {rgb(0x7b8794), rgb(0x525c67), rgb(0xe8ecf0), rgb(0x3f4852)},
		blue:      {rgb(0x0072b2), rgb(0x00639b), rgb(0xdcecf8), rgb(0x004d7a)},
		sky:       {rgb(0x56b4e9), rgb(0x1a6a9c), rgb(0xe0f2fc), rgb(0x0f4f78)},
		green:     {rgb(0x009e73), rgb(0x00694d), rgb(0xd6f2e8), rgb(0x005a42)},
		orange:    {rgb(0xe69f00), rgb(0x855a00), rgb(0xfdf0d0), rgb(0x6b4800)},
		vermilion: {rgb(0xd55e00), rgb(0xa84800), rgb(0xfde5d8), rgb(0x8a3a00)},
		purple:    {rgb(0xcc79a7), rgb(0x94437a), rgb(0xf8e6f0), rgb(0x7a3264)},
	},
}

var darkPalette = palette{
	page: rgb(0x15191e), panel: rgb(0x1d232a), surface: rgb(0x262d36),
	ink: rgb(0xf0f3f6), muted: rgb(0xa9b4c0),
	rule: rgb(0x56616e), edge: rgb(0x3a444f), track: rgb(0x3a444f),
	shadow: color.NRGBA{0, 0, 0, 110},
	hues: [hues]shades{
		grey:      {rgb(0x8f9ba8), rgb(0xb6c0cb), rgb(0x3a444f), rgb(0xdce2e8)},
		blue:      {rgb(0x3d9fdc), rgb(0x6fbcec), rgb(0x10405f), rgb(0xbfe1f7)},
		sky:       {rgb(0x56b4e9), rgb(0x8accf2), rgb(0x1f4a63), rgb(0xcdeafa)},
		green:     {rgb(0x1fb98d), rgb(0x4fd0aa), rgb(0x0d4a39), rgb(0xb9efdd)},
		orange:    {rgb(0xe69f00), rgb(0xf0b840), rgb(0x543d08), rgb(0xfbe3a8)},
		vermilion: {rgb(0xe8743a), rgb(0xf79a69), rgb(0x5c2c12), rgb(0xfdd3bd)},
		purple:    {rgb(0xcc79a7), rgb(0xe3a3c6), rgb(0x54304a), rgb(0xf6d4e7)},
	},
}
