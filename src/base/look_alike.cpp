#include "base/look_alike.h"

#include "base/text.h"

#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace sallyport {

namespace {

constexpr std::size_t text_bytes_max = 512;

struct CloseChecker {
    void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};
struct CloseNames {
    void operator()(UIDNA* names) const { uidna_close(names); }
};

/// Both are immutable once they are made, and so of every thread.
const USpoofChecker* checker()
{
    static const std::unique_ptr<USpoofChecker, CloseChecker> made = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<USpoofChecker, CloseChecker>(uspoof_open(&status));
    }();
    return made.get();
}

const UIDNA* names()
{
    static const std::unique_ptr<UIDNA, CloseNames> made = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<UIDNA, CloseNames>(uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_UNICODE, &status));
    }();
    return made.get();
}

/// What a browser may show for a host with punycode in it; the text itself where it has none.
std::string unpunycoded(const std::string& text)
{
    if (text.find("xn--") == std::string::npos || names() == nullptr) return text;
    std::array<char, 4 * text_bytes_max> out{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t length =
        uidna_nameToUnicodeUTF8(names(), text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                                static_cast<std::int32_t>(out.size()), &info, &status);
    if (U_FAILURE(status) != 0 || length < 0) return text;
    return {out.data(), static_cast<std::size_t>(length)};
}

/// Browsers take an ideographic full stop in a host for a dot (UTS 46 section 2.3).
std::string with_dots(std::string text)
{
    constexpr std::string_view stop = "\u3002";
    for (std::size_t at = text.find(stop); at != std::string::npos; at = text.find(stop, at))
        text.replace(at, stop.size(), ".");
    return text;
}

std::vector<UChar32> code_points(std::string_view text)
{
    std::vector<UChar32> points;
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT(text.data(), i, length, c);
        points.push_back(c);
    }
    return points;
}

}  // namespace

std::string look_alike_key(std::string_view text)
{
    if (text.size() > text_bytes_max) return {};
    const auto folded = to_folded(text);
    if (!folded || checker() == nullptr) return {};
    const auto shown = to_folded(unpunycoded(with_dots(*folded)));
    if (!shown) return {};
    // A character's look-alike has at most 18 code points (UTS 39, confusables.txt of Unicode 15).
    std::vector<char> out(shown->size() * 18 * 4 + 1);
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t length =
        uspoof_getSkeletonUTF8(checker(), 0, shown->data(), static_cast<std::int32_t>(shown->size()),
                               out.data(), static_cast<std::int32_t>(out.size()), &status);
    if (U_FAILURE(status) != 0 || length < 0) return {};
    return to_folded({out.data(), static_cast<std::size_t>(length)}).value_or(std::string());
}

bool has_hidden_characters(std::string_view text)
{
    return std::ranges::any_of(code_points(text), [](UChar32 c) {
        const auto type = u_charType(c);
        return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR ||
               u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
    });
}

std::size_t letters_apart(std::string_view one, std::string_view other, std::size_t most)
{
    const auto a = code_points(one);
    const auto b = code_points(other);
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
    // Rows of the table of prefixes: the one before the last, the last, and this one (optimal string
    // alignment).
    std::vector<std::size_t> two_ago(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], two_ago[j - 2] + 1);
        }
        std::swap(two_ago, last);
        std::swap(last, row);
    }
    return std::min(last[b.size()], most + 1);
}

}  // namespace sallyport
