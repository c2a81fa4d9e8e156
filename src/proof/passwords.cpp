#include "proof/passwords.h"

#include "base/log.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "proof/blocklist.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

namespace passwords = policy::passwords;

bool has_control_character(std::string_view text)
{
    return std::ranges::any_of(text,
                               [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

passwords::Facts facts_of(const World& world, const Secret& password, const PasswordOwner& owner)
{
    passwords::Facts facts;
    facts.has_second_factor = owner.has_second_factor;
    const auto normal = to_nfc(password.reveal_text());
    facts.well_formed = normal.has_value() && !has_control_character(*normal);
    if (!facts.well_formed) return facts;
    facts.code_points = static_cast<std::int64_t>(count_code_points(*normal));
    std::vector<std::string> own = owner.words;
    if (owner.email) std::ranges::move(names_in(*owner.email), std::back_inserter(own));
    facts.is_own_name = is_like_name(*normal, own);
    facts.is_operator_name = is_like_name(*normal, world.brand.names);
    facts.in_blocklist = Blocklist::embedded().contains(*normal);
    return facts;
}

/// Asks with the first five digits of the SHA-1 and looks for the rest in the answer (k-anonymity).
Task<bool> in_breach_range(World& world, const Secret& password)
{
    if (world.breach_range == nullptr) co_return false;
    std::string digest = to_hex(crypto::sha1(password.reveal()));
    std::ranges::transform(digest, digest.begin(),
                           [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    constexpr std::size_t prefix_digits = 5;
    const std::string prefix = digest.substr(0, prefix_digits);
    std::string lines;
    try {
        auto answer = co_await world.breach_range->range(prefix);
        lines = std::move(answer);
    } catch (const Unavailable&) {
        log::write(log::Level::warning, "breach_range_unavailable");
        co_return false;
    }
    // "SUFFIX:COUNT"; a count of 0 is padding.
    const std::size_t at = lines.find(digest.substr(prefix_digits) + ":");
    co_return at != std::string::npos && (at == 0 || lines[at - 1] == '\n') &&
        !lines.substr(at).starts_with(digest.substr(prefix_digits) + ":0");
}

}  // namespace

Task<std::optional<passwords::Refusal>> judge_typed(World& world, Secret password, PasswordOwner owner)
{
    passwords::Facts facts = facts_of(world, password, owner);
    const auto refusal = passwords::judge(facts, world.passwords);
    if (refusal) co_return refusal;
    const bool breached = co_await in_breach_range(world, password);
    facts.in_breach_range = breached;
    co_return passwords::judge(facts, world.passwords);
}

Task<Judgement> judge_new(World& world, Secret password, PasswordOwner owner,
                          std::vector<store::StoredHash> earlier)
{
    Secret typed = password.duplicate();
    PasswordOwner same_owner = owner;
    const auto typed_refusal = co_await judge_typed(world, std::move(typed), std::move(same_owner));
    if (typed_refusal) co_return Judgement{typed_refusal, std::nullopt};
    passwords::Facts facts = facts_of(world, password, owner);
    const std::size_t count = std::min(earlier.size(), static_cast<std::size_t>(world.passwords.remembered));
    for (std::size_t i = 0; i < count; ++i) {
        const auto input = world.peppers.password(password, earlier[i].pepper);
        auto copy = input.duplicate();
        const auto answer =
            co_await world.hashes.verify(std::move(copy), earlier[i].phc, world.hash_parameters);
        if (answer.outcome == crypto::PoolOutcome::busy)
            co_return Judgement{std::nullopt, answer.retry_after_seconds};
        if (answer.outcome == crypto::PoolOutcome::match)
            (i == 0 ? facts.matches_current : facts.matches_old) = true;
    }
    co_return Judgement{passwords::judge(facts, world.passwords), std::nullopt};
}

Task<HashedPassword> hash_password(World& world, Secret password)
{
    const crypto::KeyId pepper = world.peppers.current_id();
    auto input = world.peppers.password(password, pepper);
    auto answer = co_await world.hashes.hash(std::move(input), world.hash_parameters);
    if (!answer.phc) co_return HashedPassword{std::nullopt, answer.retry_after_seconds};
    co_return HashedPassword{store::StoredHash{std::move(*answer.phc), pepper}, 0};
}

Task<crypto::PoolAnswer> check_password(World& world, Secret password,
                                        std::optional<store::StoredHash> stored,
                                        std::optional<crypto::HashParameters> dearest_stored)
{
    const crypto::HashParameters cost =
        dearest_stored ? crypto::dearest(*dearest_stored, world.hash_parameters) : world.hash_parameters;
    auto input = world.peppers.password(password, stored ? stored->pepper : 0);
    std::optional<std::string> phc;
    if (stored) phc = stored->phc;
    co_return co_await world.hashes.verify(std::move(input), std::move(phc), cost);
}

}  // namespace sallyport::proof
