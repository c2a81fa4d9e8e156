#include "proof/words.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "proof/blocklist.h"
#include "store/accounts.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

namespace sallyport::proof {

namespace {

namespace words = policy::words;

constexpr std::string_view english[] = {
#include "proof/words_en.inc"
};
constexpr std::string_view arabic[] = {
#include "proof/words_ar.inc"
};
constexpr std::uint64_t common[] = {
#include "proof/words_common.inc"
};
static_assert(std::size(english) >= 256 && std::size(arabic) >= 256);

constexpr std::size_t typed_bytes_max = 512;

bool is_letter(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_ALPHABETIC) != 0; }
bool is_mark(UChar32 c) { return (U_MASK(u_charType(c)) & U_GC_M_MASK) != 0; }

std::string without_spaces(std::string_view text)
{
    std::string out(text);
    std::erase(out, ' ');
    return out;
}

words::Facts count(std::string_view tidy)
{
    words::Facts facts;
    const auto length = static_cast<std::int32_t>(tidy.size());
    for (std::int32_t at = 0; at < length;) {
        UChar32 c = 0;
        U8_NEXT(tidy.data(), at, length, c);
        ++facts.characters;
        if (u_charDigitValue(c) >= 0)
            ++facts.digits;
        else if (is_letter(c))
            ++facts.letters;
        else if (c != ' ' && !is_mark(c))
            facts.well_formed = false;
    }
    return facts;
}

/// Whether one of the names stands somewhere in the words, spaces or not; a short name only as a whole word.
bool holds_name(std::string_view folded, std::span<const std::string> names)
{
    const std::string spaced = " " + std::string(folded) + " ";
    const std::string packed = without_spaces(folded);
    return std::ranges::any_of(names, [&](const std::string& name) {
        const std::string wanted = to_folded(name).value_or("");
        if (wanted.empty()) return false;
        if (spaced.find(" " + wanted + " ") != std::string::npos) return true;
        const std::string packed_name = without_spaces(wanted);
        return count_code_points(packed_name) >= name_letters_min &&
               packed.find(packed_name) != std::string::npos;
    });
}

/// As tools/words/commonest.py names a row.
std::uint64_t name_of(std::string_view packed)
{
    const auto digest = crypto::sha256(as_bytes(packed));
    std::uint64_t name = 0;
    for (std::size_t i = 0; i < sizeof name; ++i) name = (name << 8U) | digest[i];
    return name;
}

bool is_common(std::string_view tidy, std::string_view folded)
{
    const std::string packed = without_spaces(folded);
    const Blocklist& list = Blocklist::embedded();
    return list.contains(tidy) || list.contains(packed) ||
           std::ranges::binary_search(common, name_of(packed));
}

}  // namespace

std::span<const std::string_view> words_of(std::string_view language)
{
    if (language == "ar" || language.starts_with("ar-")) return arabic;
    return english;
}

std::string generate_words(ports::Random& random, std::string_view language)
{
    constexpr std::uint32_t least = 10;
    constexpr std::uint32_t numbers = 90;
    const auto list = words_of(language);
    const auto count = static_cast<std::uint32_t>(list.size());
    const std::uint32_t first = random.below(count);
    const std::uint32_t second = (first + 1 + random.below(count - 1)) % count;
    return std::string(list[first]) + " " + std::string(list[second]) + " " +
           std::to_string(least + random.below(numbers));
}

std::optional<std::string> tidy_words(std::string_view typed)
{
    if (typed.size() > typed_bytes_max) return std::nullopt;
    const auto normal = to_nfc(typed);
    if (!normal) return std::nullopt;
    std::string tidy;
    const auto length = static_cast<std::int32_t>(normal->size());
    for (std::int32_t at = 0; at < length;) {
        const std::int32_t start = at;
        UChar32 c = 0;
        U8_NEXT(normal->data(), at, length, c);
        const bool space = u_charType(c) == U_SPACE_SEPARATOR || c == '\t';
        if (!space)
            tidy.append(*normal, static_cast<std::size_t>(start), static_cast<std::size_t>(at - start));
        else if (!tidy.empty() && tidy.back() != ' ')
            tidy += ' ';
    }
    if (!tidy.empty() && tidy.back() == ' ') tidy.pop_back();
    return tidy;
}

std::optional<words::Refusal> judge_words(const World& world, std::string_view tidy, const Email& address,
                                          std::string_view current)
{
    words::Facts facts = count(tidy);
    const std::string folded = to_folded(tidy).value_or("");
    std::vector<std::string> brands = world.brand.names;
    brands.push_back(world.brand.name);
    brands.push_back(world.brand.host);
    facts.has_brand = holds_name(folded, brands);
    facts.has_address_part = holds_name(folded, names_in(address));
    facts.is_common = is_common(tidy, folded);
    facts.is_current = tidy == current;
    return words::judge(facts, words::Limits{});
}

Task<WordsVerdict> compare_words(World& world, std::string tidy, std::optional<store::StoredHash> password)
{
    if (!password) co_return WordsVerdict{};
    std::vector<std::string> spellings{tidy};
    if (tidy.find(' ') != std::string::npos) spellings.push_back(without_spaces(tidy));
    for (const std::string& spelling : spellings) {
        const Secret typed = Secret::from_text(spelling);
        auto input = world.peppers.password(typed, password->pepper);
        const auto answer =
            co_await world.hashes.verify(std::move(input), password->phc, world.hash_parameters);
        if (answer.outcome == crypto::PoolOutcome::busy)
            co_return WordsVerdict{std::nullopt, answer.retry_after_seconds};
        if (answer.outcome == crypto::PoolOutcome::match)
            co_return WordsVerdict{words::Refusal::is_password, std::nullopt};
    }
    co_return WordsVerdict{};
}

void renew_words(db::Tx& tx, const World& world, const AccountId& account, Instant now)
{
    const store::Account before = store::load_account(tx, world.keys, account);
    store::set_words(tx, world.keys, account,
                     {generate_words(world.random, before.language), before.words.now, now});
}

}  // namespace sallyport::proof
