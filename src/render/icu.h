#pragma once
// ICU's types, for the .cpp files of this room only.
#include "render/language.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <string>

namespace sallyport::render {

/// The locale whose numbers, dates and plurals a language uses; a pseudo-locale borrows those of its base.
inline const icu::Locale& icu_locale(Language language)
{
    static const icu::Locale english("en");
    static const icu::Locale arabic("ar");
    return language == Language::ar ? arabic : english;
}

inline std::string to_utf8(const icu::UnicodeString& text)
{
    std::string out;
    return text.toUTF8String(out);
}

}  // namespace sallyport::render
