#include "base/secret.h"
#include "base/text.h"
#include "proof/blocklist.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace sallyport::proof {

namespace {

struct Letters {
    std::string text;
    std::size_t others = 0;  // code points that are no letters
};

/// The letters of a text, folded, in their order. Marks that combine with a letter stay with it.
Letters letters_of(std::string_view text)
{
    Letters letters;
    std::optional<std::string> folded = blocklist_format::normalized(text);
    if (!folded) return letters;
    letters.text.reserve(folded->size());
    const auto length = static_cast<std::int32_t>(folded->size());
    for (std::int32_t at = 0; at < length;) {
        const std::int32_t start = at;
        UChar32 c = 0;
        U8_NEXT(folded->data(), at, length, c);
        if (u_hasBinaryProperty(c, UCHAR_ALPHABETIC) != 0 || u_getCombiningClass(c) != 0) {
            letters.text.append(*folded, static_cast<std::size_t>(start),
                                static_cast<std::size_t>(at - start));
        } else {
            ++letters.others;
        }
    }
    wipe_text(*folded);
    return letters;
}

/// Whether `text` is one or more of the names in a row. Linear in the text for each name.
bool is_row_of_names(std::string_view text, std::span<const std::string> names)
{
    std::vector<bool> reached(text.size() + 1, false);
    reached[0] = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!reached[at]) continue;
        for (const std::string& name : names) {
            if (text.substr(at).starts_with(name)) reached[at + name.size()] = true;
        }
    }
    return reached[text.size()];
}

}  // namespace

bool is_like_name(std::string_view password, std::span<const std::string> names)
{
    if (password.empty() || password.size() > Blocklist::password_bytes_max) return false;
    std::vector<std::string> wanted;
    wanted.reserve(names.size());
    for (const std::string& name : names) {
        Letters letters = letters_of(std::string_view(name).substr(0, Blocklist::password_bytes_max));
        if (count_code_points(letters.text) >= name_letters_min) wanted.push_back(std::move(letters.text));
    }
    Letters typed = letters_of(password);
    const bool alike =
        !typed.text.empty() && typed.others <= name_padding_max && is_row_of_names(typed.text, wanted);
    wipe_text(typed.text);
    return alike;
}

std::vector<std::string> names_in(const Email& address)
{
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    std::vector<std::string> names{std::string(address.local_part())};
    std::string word;
    const auto end_word = [&] {
        if (word.size() >= name_letters_min && std::ranges::find(names, word) == names.end())
            names.push_back(word);
        word.clear();
    };
    for (const char c : address.local_part()) {
        if (is_letter(c)) {
            word += c;
        } else {
            end_word();
        }
    }
    end_word();
    for (const char c : address.domain()) {
        if (c == '.') {
            end_word();
        } else {
            word += c;
        }
    }
    return names;  // the last label, "com", is left in `word`
}

}  // namespace sallyport::proof
