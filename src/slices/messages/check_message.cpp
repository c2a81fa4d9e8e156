#include "slices/messages/check_message.h"

#include "base/email.h"
#include "base/phone_number.h"
#include "base/text.h"
#include "store/budgets.h"

namespace sallyport::messages {

namespace checks = policy::message_checks;

std::optional<Recipient> typed_recipient(std::string_view typed)
{
    if (const auto email = Email::parse(typed)) return Recipient{email->address(), email->masked()};
    std::string number(trim(typed));
    if (number.starts_with("00")) number.replace(0, 2, "+");
    if (const auto phone = PhoneNumber::parse(number, {})) return Recipient{phone->e164(), phone->masked()};
    return std::nullopt;
}

Task<std::optional<Instant>> charge_check(proof::World& world, std::string network)
{
    constexpr checks::Limits limits;
    const Instant now = world.clock.now();
    const store::BudgetKey key{store::BudgetKind::message_checks,
                               world.keys.index.of("message_checks", network)};
    const auto charged =
        co_await store::charge_in_window(world.database, key, limits.checks_max, limits.window, now);
    if (charged) co_return std::nullopt;
    const std::vector<store::BudgetKey> keys{key};
    const auto used = co_await store::read_budgets(world.database, keys);
    const checks::Count count{used[0].charged, used[0].window_ends_at};
    co_return checks::next_at(count, now, limits);
}

Task<std::optional<store::SentMessage>> find_genuine(proof::World& world, crypto::MessageNumber number,
                                                     std::string recipient)
{
    const Instant now = world.clock.now();
    auto found = co_await store::find_message(world.database, world.keys, number, std::move(recipient));
    if (checks::judge(found.facts, now, {}) != checks::Answer::genuine) co_return std::nullopt;
    co_return std::move(found.message);
}

Task<CheckOutcome> check_message(proof::World& world, std::string network, crypto::MessageNumber number,
                                 std::string recipient)
{
    const auto wait_until = co_await charge_check(world, std::move(network));
    if (wait_until) co_return CheckOutcome{wait_until, std::nullopt};
    auto message = co_await find_genuine(world, number, std::move(recipient));
    co_return CheckOutcome{std::nullopt, std::move(message)};
}

}  // namespace sallyport::messages
