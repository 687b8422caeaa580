package main

import (
	"os"

	"alignbot/drawing"
)

// PicturesSettings say how pictures are drawn.
type PicturesSettings struct {
	Fonts string `key:"fonts" usage:"folder of fonts for scripts other than Latin, Greek, Cyrillic and Arabic; empty for none"`
}

// systemFonts is where distributions, and alignbot's own image, have their fonts. It
// need not be there.
const systemFonts = "/usr/share/fonts"

// open gives the fonts. None is read before the first picture.
func (s PicturesSettings) open() *drawing.Fonts {
	if s.Fonts == "" {
		return drawing.OpenFonts(nil)
	}
	return drawing.OpenFonts(os.DirFS(s.Fonts))
}

func checkPictures(s Settings, wrong func(key, reason, fix string)) {
	if s.Pictures.Fonts == "" || s.Pictures.Fonts == systemFonts {
		return
	}
	const fix = "Name a folder with .ttf, .otf or .ttc files in it or below, or leave the setting out for " + systemFonts + "."
	if _, err := os.ReadDir(s.Pictures.Fonts); err != nil {
		wrong("pictures.fonts", "there is no such folder that can be read", fix)
	}
}
