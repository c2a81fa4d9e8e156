#include "catalogue.h"

#include <unicode/fmtable.h>
#include <unicode/locid.h>
#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/plurrule.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

namespace tmplc {
namespace {

namespace fs = std::filesystem;
using Pattern = icu::MessagePattern;

constexpr std::size_t written_languages = 2;  // en, ar; the others are made
constexpr int longer_percent = 40;

Pattern parse_pattern(const icu::UnicodeString& text, const Place& place)
{
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    Pattern pattern(UMSGPAT_APOS_DOUBLE_OPTIONAL, status);
    pattern.parse(text, &where, status);
    if (U_FAILURE(status) != 0) {
        throw BuildError(place, std::string("not ICU MessageFormat (") + u_errorName(status) +
                                    ") near character " + std::to_string(where.offset));
    }
    return pattern;
}

std::string utf8(const icu::UnicodeString& text)
{
    std::string out;
    return text.toUTF8String(out);
}

/// Every plural of a language has every form of that language.
void check_plural(const Pattern& pattern, int start, bool ordinal, const std::string& language,
                  const Place& place)
{
    UErrorCode status = U_ZERO_ERROR;
    const auto rules = std::unique_ptr<icu::PluralRules>(icu::PluralRules::forLocale(
        icu::Locale(language.c_str()), ordinal ? UPLURAL_TYPE_ORDINAL : UPLURAL_TYPE_CARDINAL, status));
    std::set<std::string> given;
    const int limit = pattern.getLimitPartIndex(start);
    for (int i = start + 1; i < limit; ++i) {
        const auto& part = pattern.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_SELECTOR) given.insert(utf8(pattern.getSubstring(part)));
        if (part.getType() == UMSGPAT_PART_TYPE_MSG_START) i = pattern.getLimitPartIndex(i);
    }
    const std::unique_ptr<icu::StringEnumeration> forms(rules->getKeywords(status));
    while (const auto* form = forms->snext(status)) {
        if (!given.contains(utf8(*form)))
            throw BuildError(place, "a plural lacks the form " + utf8(*form) + " of " + language);
    }
}

std::map<std::string, Argument> arguments_of(const Pattern& pattern, const std::string& language,
                                             const Place& place)
{
    std::map<std::string, Argument> found;
    for (int i = 0; i < pattern.countParts(); ++i) {
        const auto& part = pattern.getPart(i);
        if (part.getType() != UMSGPAT_PART_TYPE_ARG_START) continue;
        const std::string name = utf8(pattern.getSubstring(pattern.getPart(i + 1)));
        if (pattern.getPart(i + 1).getType() != UMSGPAT_PART_TYPE_ARG_NAME)
            throw BuildError(place, "arguments have names, not numbers");
        bool number = false;
        switch (part.getArgType()) {
        case UMSGPAT_ARG_TYPE_NONE:
        case UMSGPAT_ARG_TYPE_SELECT: break;
        case UMSGPAT_ARG_TYPE_PLURAL:
        case UMSGPAT_ARG_TYPE_SELECTORDINAL:
            check_plural(pattern, i, part.getArgType() == UMSGPAT_ARG_TYPE_SELECTORDINAL, language, place);
            number = true;
            break;
        case UMSGPAT_ARG_TYPE_SIMPLE: {
            const std::string type = utf8(pattern.getSubstring(pattern.getPart(i + 2)));
            if (type != "number") {
                throw BuildError(place, "{" + name + ", " + type + "}: write {" + name +
                                            "}, and clock(x) or date(x) in the template");
            }
            number = true;
            break;
        }
        case UMSGPAT_ARG_TYPE_CHOICE: throw BuildError(place, "choice is deprecated: use plural");
        }
        found[name].number = found[name].number || number;
    }
    return found;
}

/// "Sign in" -> "[Šîĝñ îñ one two]", arguments left alone.
icu::UnicodeString accented(const icu::UnicodeString& text, const Pattern& pattern)
{
    static const icu::UnicodeString from =
        icu::UnicodeString::fromUTF8("ACEGHIJKLNORSTUWYZacdeghijklnorstuwyz");
    static const icu::UnicodeString to =
        icu::UnicodeString::fromUTF8("ÅÇÉĜĤÎĴĶĻÑÖŔŠŢÛŴÝŽåçðéĝĥîĵķļñöŕšţûŵýž");
    icu::UnicodeString out(u"[");
    std::vector<bool> in_message;
    int at = 0;
    int letters = 0;
    const auto copy = [&](int until) {
        for (; at < until; ++at) {
            const char16_t c = text[at];
            const int index = !in_message.empty() && in_message.back() ? from.indexOf(c) : -1;
            letters += in_message.size() == 1 ? 1 : 0;
            out += index < 0 ? c : to[index];
        }
    };
    for (int i = 0; i < pattern.countParts(); ++i) {
        const auto& part = pattern.getPart(i);
        copy(part.getIndex());
        switch (part.getType()) {
        case UMSGPAT_PART_TYPE_MSG_START: in_message.push_back(true); break;
        case UMSGPAT_PART_TYPE_ARG_START: in_message.push_back(false); break;
        case UMSGPAT_PART_TYPE_MSG_LIMIT:
        case UMSGPAT_PART_TYPE_ARG_LIMIT: in_message.pop_back(); break;
        default: break;
        }
        out += text.tempSubStringBetween(at, std::max(at, part.getLimit()));
        at = std::max(at, part.getLimit());
    }
    static const icu::UnicodeString more =
        icu::UnicodeString::fromUTF8(" öñé ţŵö ţĥŕéé ƒöûŕ ƒîvé šîx šévéñ éîĝĥţ ñîñé");
    const int wanted = letters * longer_percent / 100 + 1;
    for (int added = 0; added < wanted; added += more.length())
        out.append(more, 0, std::min(more.length(), wanted - added));
    return out + u"]";
}

/// The text of a pattern without arguments: apostrophes as MessageFormat reads them.
std::string plain(const std::string& pattern, const std::string& language, const Place& place)
{
    UErrorCode status = U_ZERO_ERROR;
    icu::MessageFormat format(icu::UnicodeString::fromUTF8(pattern),
                              icu::Locale::forLanguageTag(language, status), status);
    icu::UnicodeString out;
    icu::FieldPosition where;
    format.format(static_cast<const icu::Formattable*>(nullptr), 0, out, where, status);
    if (U_FAILURE(status) != 0) throw BuildError(place, u_errorName(status));
    return utf8(out);
}

std::uint32_t fnv1a(std::string_view key)
{
    std::uint32_t hash = 2166136261U;
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

std::map<std::string, Entry> read_language(const fs::path& folder)
{
    std::map<std::string, Entry> found;
    std::set<fs::path> files;
    for (const auto& file : fs::directory_iterator(folder)) {
        if (file.path().extension() == ".json") files.insert(file.path());
    }
    for (const fs::path& path : files) {
        std::ifstream stream(path, std::ios::binary);
        const std::string json{std::istreambuf_iterator<char>(stream), {}};
        const std::string name = "web/locales/" + folder.filename().string() + "/" + path.filename().string();
        for (Entry& entry : read_flat_json(json, name)) {
            if (entry.key.find('#') != std::string::npos) continue;  // a note for translators
            const std::string area = path.stem().string() + ".";
            const auto valid = [](unsigned char c) {
                return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
            };
            if (!entry.key.starts_with(area) || entry.key.size() == area.size() ||
                !std::all_of(entry.key.begin() + static_cast<std::ptrdiff_t>(area.size()), entry.key.end(),
                             valid)) {
                throw BuildError(entry.place, "a key here is " + area + "part_in_snake_case: " + entry.key);
            }
            found.emplace(entry.key, std::move(entry));
        }
    }
    return found;
}

std::string identifier(std::string key)
{
    std::replace(key.begin(), key.end(), '.', '_');
    return key;
}

}  // namespace

Catalogue read_catalogue(const fs::path& folder)
{
    Catalogue catalogue;
    std::map<std::uint32_t, std::string> ids;
    std::set<std::string> identifiers;
    const auto english = read_language(folder / languages[0]);
    for (std::size_t i = 0; i < written_languages; ++i) {
        const std::string& language = languages[i];
        const auto entries = i == 0 ? english : read_language(folder / language);
        for (const auto& [name, entry] : entries) {
            if (!english.contains(name)) throw BuildError(entry.place, name + " is not in " + languages[0]);
        }
        for (const auto& [name, original] : english) {
            const auto found = entries.find(name);
            if (found == entries.end()) throw BuildError(original.place, name + " is missing in " + language);
            const Entry& entry = found->second;
            MessageInfo& info = catalogue[name];
            const Pattern pattern = parse_pattern(icu::UnicodeString::fromUTF8(entry.value), entry.place);
            auto arguments = arguments_of(pattern, language, entry.place);
            if (i == 0) {
                info.id = fnv1a(name);
                info.arguments = arguments;
                info.place = entry.place;
                info.texts.resize(languages.size());
                if (!ids.emplace(info.id, name).second)
                    throw BuildError(entry.place, "same hash as " + ids[info.id] + ": rename one");
                if (!identifiers.insert(identifier(name)).second)
                    throw BuildError(entry.place, "another key is also Msg::" + identifier(name));
            } else if (arguments != info.arguments) {
                throw BuildError(entry.place,
                                 name + " has other arguments in " + language + " than in " + languages[0]);
            }
            info.texts[i] = entry.value;
        }
    }
    for (auto& [name, info] : catalogue) {
        const auto text = icu::UnicodeString::fromUTF8(info.texts[0]);
        info.texts[2] = utf8(accented(text, parse_pattern(text, info.place)));
        info.texts[3] = "\u200f\u202e" + info.texts[0] + "\u202c\u200f";
        for (std::size_t i = 0; i < languages.size(); ++i) {
            if (info.arguments.empty())
                info.texts[i] = plain(info.texts[i], languages[i], info.place);
            else
                parse_pattern(icu::UnicodeString::fromUTF8(info.texts[i]), info.place);
        }
    }
    return catalogue;
}

std::string literal(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7F || c == '?') {
            char octal[8];
            std::snprintf(octal, sizeof octal, "\\%03o",
                          byte);  // three digits: cannot run into the next character
            out += octal;
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string messages_header(const Catalogue& catalogue)
{
    std::string code = "// Made by tmplc from web/locales. For a .cpp only: each new message changes this "
                       "file.\n#pragma once\n"
                       "#include \"render/message.h\"\n\nnamespace sallyport::render {\n\nenum class Msg : "
                       "std::uint32_t {\n";
    for (const auto& [name, info] : catalogue)
        code += "    " + identifier(name) + " = " + std::to_string(info.id) + "U,\n";
    return code + "};\n\n}  // namespace sallyport::render\n";
}

std::string messages_source(const Catalogue& catalogue)
{
    std::string code =
        "// Made by tmplc from web/locales.\n#include \"render/catalogue.h\"\n\n#include "
        "<array>\n\nnamespace sallyport::render {\n\nusing namespace std::string_view_literals;\n\n"
        "std::span<const CatalogueEntry> all_messages() noexcept\n{\n    static constexpr "
        "std::array<CatalogueEntry, " +
        std::to_string(catalogue.size()) + "> entries{{\n";
    std::map<std::uint32_t, std::pair<std::string, const MessageInfo*>> by_id;
    for (const auto& [name, info] : catalogue) by_id[info.id] = {name, &info};
    // With their lengths: counting them takes more steps than a constant expression may have.
    for (const auto& [id, entry] : by_id) {
        code += "        {" + std::to_string(id) + "U, " + literal(entry.first) + "sv, " +
                (entry.second->arguments.empty() ? "false" : "true") + ", {{\n";
        for (const std::string& text : entry.second->texts) code += "            " + literal(text) + "sv,\n";
        code += "        }}},\n";
    }
    return code + "    }};\n    return entries;\n}\n\n}  // namespace sallyport::render\n";
}

}  // namespace tmplc
