// Every attacker of one or two capabilities against every set-up, playing every plan with the real rules: how
// long until value above the cap could leave, and whether the owner heard of it on a channel that this
// attacker cannot silence. The result is docs/takeover-matrix.md, and a cell that changes fails here:
//   SALLYPORT_WRITE_MATRIX=longer                        writes it anew where no cell got shorter
//   SALLYPORT_WRITE_MATRIX=docs/decisions/<record>.md    and where that record says why one may
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/takeover_play.h"
#include "support/takeover_returns.h"

namespace sallyport::policy::takeover {
namespace {

// --- the matrix
using Cells = std::vector<std::string>;
using Matrix = std::map<std::string, Cells>;  // "what the attacker has" -> a cell for each set-up

std::string cell_of(const Outcome& outcome)
{
    if (outcome.leaves == never) return "never";
    const auto h = std::chrono::duration_cast<hours>(outcome.leaves - start).count();
    std::string text = h % 24 == 0 && h > 0 ? std::to_string(h / 24) + " d" : std::to_string(h) + " h";
    return outcome.told ? text : text + ", unheard";
}
std::int64_t hours_of(const std::string& cell)
{
    if (cell.starts_with("never")) return std::numeric_limits<std::int64_t>::max();
    return std::stoll(cell) * (cell.find(" d") == std::string::npos ? 1 : 24);
}
bool is_quicker(const std::string& a, const std::string& b)
{
    const bool quieter = a.ends_with("unheard") && !b.ends_with("unheard");
    return hours_of(a) < hours_of(b) || (hours_of(a) == hours_of(b) && quieter);
}
std::string pair_name(int a, int b)
{
    const auto at = [](int n) { return power_names[static_cast<std::size_t>(n)]; };
    return a == b ? at(a) : at(a) + " + " + at(b);
}
Matrix matrix(bool old_payee)
{
    Matrix all;
    for (int a = 0; a < powers; ++a)
        for (int b = a; b < powers; ++b)
            for (const Account& account : accounts)
                all[pair_name(a, b)].push_back(cell_of(play(account, a, b, old_payee, hours{24})));
    return all;
}

void write_head(std::ostream& out, const std::string& what)
{
    out << "| " << what << " |";
    for (const Account& account : accounts) out << " " << account.name << " |";
    out << "\n| --- |";
    for (std::size_t i = 0; i < accounts.size(); ++i) out << " --- |";
    out << "\n";
}

void write_table(std::ostream& out, const Matrix& all)
{
    write_head(out, "attacker");
    for (int a = 0; a < powers; ++a)
        for (int b = a; b < powers; ++b) {
            const Cells& row = all.at(pair_name(a, b));
            const Cells &one = all.at(pair_name(a, a)), &other = all.at(pair_name(b, b));
            bool adds = a == b;
            for (std::size_t i = 0; i < row.size(); ++i)
                adds = adds || (is_quicker(row[i], one[i]) && is_quicker(row[i], other[i]));
            if (!adds) continue;
            out << "| " << pair_name(a, b) << " |";
            for (const std::string& cell : row) out << " " << cell << " |";
            out << "\n";
        }
}

void write_ways_back(std::ostream& out)
{
    write_head(out, "lost");
    for (int a = 0; a < losses; ++a)
        for (int b = a; b < losses; ++b) {
            const auto at = [](int n) { return loss_names[static_cast<std::size_t>(n)]; };
            out << "| " << (a == b ? at(a) : at(a) + " + " + at(b)) << " |";
            for (const Account& account : accounts)
                out << " " << way_back(account, {static_cast<Loss>(a), static_cast<Loss>(b)}) << " |";
            out << "\n";
        }
}

std::string text_of(const Matrix& new_payee, const Matrix& old_payee)
{
    std::ostringstream out;
    out << "# How long a takeover takes\n\n"
           "Written by `src/policy/takeover_model_test.cpp` with the code that runs; change no cell by "
           "hand.\n"
           "Each row is an attacker, each column an account; a cell says how long after the first deed "
           "value\n"
           "above the cap could leave if the owner did nothing at all. `unheard`: on no channel that the\n"
           "attacker cannot silence; in every other cell the owner was told first, and can stop it. The "
           "owner's\n"
           "mailbox is in the cloud that keeps the passkeys. A pair stands here where it is quicker or "
           "quieter\n"
           "than each of its two alone.\n\n"
           "Not played yet, because what they need is not built: papers, video, contacts, agents, API keys "
           "and\n"
           "readers or writers of the database.\n\n"
           "## To a payee whom the attacker adds\n\n";
    write_table(out, new_payee);
    out << "\n## To a payee that is old already\n\n"
           "The thief sits where the owner paid before. Here only the rules of approval and of holds stand "
           "in\n"
           "the way: what an owner of two old roots approves leaves at once, and whoever forces or fools "
           "that\n"
           "owner has the same.\n\n";
    write_table(out, old_payee);
    out << "\n## Ways back\n\n"
           "What the owner does after losing one thing or two. `not yet`: none of the roads built so far "
           "leads\n"
           "there; papers, contacts and a person will.\n\n";
    write_ways_back(out);
    return out.str();
}

/// Rows of the committed page, the first table's marked as such.
Matrix read_tables(const std::string& text)
{
    Matrix all;
    std::istringstream lines(text);
    std::string line, table;
    while (std::getline(lines, line)) {
        if (line.starts_with("## ")) table = line;
        if (table == "## Ways back") break;
        if (!line.starts_with("| ") || line.starts_with("| ---") || line.starts_with("| attacker")) continue;
        std::istringstream parts(line.substr(2));
        std::string name, cell;
        std::getline(parts, name, '|');
        while (std::getline(parts, cell, '|'))
            if (cell.size() > 1) all[table + name].push_back(cell.substr(1, cell.size() - 2));
    }
    return all;
}

/// The first cell that got quicker, or nothing. A row that one of the pages leaves out adds nothing there.
std::string quicker_cell(const std::string& before, const std::string& after)
{
    const Matrix old_rows = read_tables(before);
    for (const auto& [name, cells] : read_tables(after)) {
        const auto found = old_rows.find(name);
        for (std::size_t i = 0; found != old_rows.end() && i < cells.size() && i < found->second.size(); ++i)
            if (is_quicker(cells[i], found->second[i])) return name + ": " + cells[i];
        if (found == old_rows.end() && !old_rows.empty()) return name + ": a new row";
    }
    return {};
}

std::string read_file(const std::string& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(TakeoverModel, TheMatrixIsAsCommitted)
{
    const std::string path = "docs/takeover-matrix.md";
    const std::string now = text_of(matrix(false), matrix(true));
    const std::string committed = read_file(path);
    const std::string quicker = quicker_cell(committed, now);
    const char* const write = std::getenv("SALLYPORT_WRITE_MATRIX");
    if (write == nullptr) {
        EXPECT_TRUE(committed == now)
            << path << " (run from the project's folder) is not what the rules give now; "
            << (quicker.empty() ? "nothing got quicker" : "quicker: " + quicker)
            << "; the head of this file says how to write it anew";
        return;
    }
    const bool reasoned = std::string(write).starts_with("docs/decisions/") && std::filesystem::exists(write);
    ASSERT_TRUE(quicker.empty() || reasoned) << "quicker, and no decision record: " << quicker;
    std::ofstream(path) << now;
}

// --- the invariants
bool one_of(int power, std::initializer_list<Power> all)
{
    for (const Power one : all)
        if (static_cast<Power>(power) == one) return true;
    return false;
}
constexpr Duration default_approved = hours{24}, least_approved = hours{0};

TEST(TakeoverModel, NoSingleCapabilityMovesValue)  // invariant 1
{
    for (const Duration approved : {least_approved, default_approved})
        for (const Account& account : accounts)
            for (int a = 0; a < powers; ++a) {
                const Outcome outcome = play(account, a, a, false, approved);
                const bool bounded = one_of(a, {Power::malware, Power::coerced_owner, Power::unlocked_phone,
                                                Power::cloud_account, Power::caller});
                if (bounded)
                    ASSERT_GE(outcome.leaves, start + days{7})
                        << account.name << power_names[static_cast<std::size_t>(a)];
                if (!bounded)
                    ASSERT_EQ(outcome.leaves, never)
                        << account.name << power_names[static_cast<std::size_t>(a)];
            }
}

TEST(TakeoverModel, NoCheapPairMovesValueWithin72Hours)  // invariant 2
{
    const auto cheap = {Power::password, Power::mailbox_control, Power::mailbox_read, Power::phone_number,
                        Power::relayed_login};
    for (const bool old_payee : {false, true})
        for (const Duration approved : {least_approved, default_approved})
            for (const Account& account : accounts)
                for (int a = 0; a < powers; ++a)
                    for (int b = 0; b < powers; ++b)
                        if (one_of(a, cheap) && one_of(b, cheap))
                            ASSERT_GT(play(account, a, b, old_payee, approved).leaves, start + hours{72})
                                << account.name << ": " << pair_name(a, b);
}

TEST(TakeoverModel, TheOwnerHeardOrSevenDaysPassed)  // invariant 3
{
    for (const bool old_payee : {false, true})
        for (const Duration approved : {least_approved, default_approved})
            for (const Account& account : accounts)
                for (int a = 0; a < powers; ++a)
                    for (int b = a; b < powers; ++b) {
                        // To an old payee a forced owner approves as a free one does.
                        if (old_payee && (one_of(a, {Power::coerced_owner, Power::malware}) ||
                                          one_of(b, {Power::coerced_owner, Power::malware})))
                            continue;
                        const Outcome outcome = play(account, a, b, old_payee, approved);
                        ASSERT_TRUE(outcome.told || outcome.leaves >= start + days{7})
                            << account.name << ": " << pair_name(a, b);
                    }
}

TEST(TakeoverModel, NoRoadIsCheaperThanTheStrongestFactor)  // invariant 4
{
    for (const bool old_payee : {false, true})
        for (const Account& account : accounts) {
            const auto road = play(account, static_cast<int>(Power::found_kit),
                                   static_cast<int>(Power::mailbox_control), old_payee, least_approved);
            Grip grip;
            grip.password = account.password;
            Level highest = Level::none;
            for (std::size_t i = 0; i < account.factors.size(); ++i) {
                const Level level = level_of({Method::password, account.factors[i].method}, false);
                if (level > highest) grip.factors = {i}, highest = level;
            }
            if (grip.factors.empty()) continue;
            const auto factor = Play(account, grip, old_payee, least_approved).best();
            EXPECT_GE(road.leaves, factor.leaves) << account.name;
        }
}

TEST(TakeoverModel, WhoHearsOfARoadOrAChangeStopsIt)
{
    const int kit = static_cast<int>(Power::found_kit), mail = static_cast<int>(Power::mailbox_control);
    for (const Account& account : accounts) {
        const auto passive = play(account, kit, mail, false, default_approved);
        const auto active = play(account, kit, mail, false, default_approved, Owner::stops_it);
        const bool hears = account.notice || account.phone;
        if (!hears)
            EXPECT_EQ(active.leaves, passive.leaves) << account.name;
        else if (account.factors.empty())
            EXPECT_GE(active.leaves, passive.leaves + hours{72}) << account.name << ": paused";
        else if (account.factors[0].method == Method::totp)
            EXPECT_GE(active.leaves, start + days{7}) << account.name << ": the kit shows the app's key";
        else
            EXPECT_EQ(active.leaves, never) << account.name << ": ended";
    }
    for (const Account& account : accounts)
        for (int a = 0; a < powers; ++a)
            for (int b = a; b < powers; ++b)
                ASSERT_GE(play(account, a, b, false, default_approved, Owner::stops_it).leaves,
                          play(account, a, b, false, default_approved).leaves)
                    << account.name << ": " << pair_name(a, b);
}

TEST(TakeoverModel, NoThiefOfChannelsKeepsAPersonOutForEver)  // invariant 6
{
    const roads::Limits limits;
    for (const Account& account : accounts)
        for (int a = 0; a < powers; ++a)
            for (int b = a; b < powers; ++b) {
                Grip grip;
                grip.add(account, static_cast<Power>(a)), grip.add(account, static_cast<Power>(b));
                std::vector<roads::Channel> thiefs;
                if (grip.reads_mail) thiefs.push_back(roads::Channel::mail);
                if (grip.reads_notice && account.notice) thiefs.push_back(roads::Channel::notice_mail);
                if (grip.reads_text && account.phone) thiefs.push_back(roads::Channel::text);
                if (grip.session) thiefs.push_back(roads::Channel::session);
                // Each pauses the owner's case at the last moment, and tries it again and again.
                auto open = roads::begin(roads::Road::kit, start);
                open = roads::give(open, roads::Evidence::mailed_code, start, limits).after;
                open = roads::give(open, roads::Evidence::recovery_code, start, limits).after;
                for (int round = 0; round < 3; ++round)
                    for (const roads::Channel channel : thiefs) {
                        const Instant last = roads::finish_until(open, limits) - Duration{1};
                        open = roads::veto(open, channel, {}, std::nullopt, last, limits).after;
                    }
                const auto most =
                    limits.kit_wait + std::ssize(thiefs) * (limits.pause + limits.finish_within);
                ASSERT_LE(open.enter_at, start + most) << account.name << ": " << pair_name(a, b);
                ASSERT_TRUE(roads::may_finish(open, true, open.enter_at, limits));
            }
}

TEST(TakeoverModel, OneLossKeepsNobodyOut)  // invariant 7
{
    for (const Account& account : accounts)
        for (int loss = 0; loss < losses; ++loss)
            EXPECT_NE(way_back(account, {static_cast<Loss>(loss)}), "not yet")
                << account.name << " without " << loss_names[static_cast<std::size_t>(loss)];
}

// As far as roads are built: whoever keeps the mailbox and a strong factor or the kit, or all that signs in,
// needs nobody, and no wait is longer than an hour. What is left over waits for contacts, papers or a person.
TEST(TakeoverModel, TwoLossesKeepNobodyOutWhoHoldsTheMailboxAndOneThingMore)
{
    int returned = 0, not_yet = 0;
    for (const Account& account : accounts)
        for (int one = 0; one < losses; ++one)
            for (int other = one + 1; other < losses; ++other) {
                const std::vector<Loss> lost{static_cast<Loss>(one), static_cast<Loss>(other)};
                const Left left = left_after(account, lost);
                const bool strong = left.have.has(roads::Have::app) || left.have.has(roads::Have::passkey) ||
                                    left.have.has(roads::Have::key);
                const bool one_more = strong || left.have.has(roads::Have::recovery_code);
                const bool back = way_back(account, lost) != "not yet";
                if (left.have.has(roads::Have::mailbox) && one_more)
                    ASSERT_TRUE(back) << account.name << " without " << loss_names[std::size_t(one)]
                                      << " and " << loss_names[std::size_t(other)];
                ++(back ? returned : not_yet);
            }
    EXPECT_GT(returned, 2 * not_yet);
}

TEST(TakeoverModel, WhatFallsTogetherCountsOnce)  // invariant 8
{
    // Whoever takes one root is as slow as one root is, however many factors are kept there.
    const Owned in_the_cloud{Method::passkey, roots::synced_passkey(big_cloud)};
    const Account many{.name = "one cloud", .factors = {app, in_the_cloud, synced}};
    for (const Power power : {Power::cloud_account, Power::unlocked_phone})
        for (const bool old_payee : {false, true}) {
            const int n = static_cast<int>(power);
            EXPECT_GE(play(many, n, n, old_payee, least_approved).leaves, start + days{7});
            EXPECT_GE(play(many, n, static_cast<int>(Power::password), old_payee, least_approved).leaves,
                      start + days{7});
        }
    const Account two_clouds{.name = "two clouds on one phone", .factors = {synced, synced_elsewhere}};
    EXPECT_GE(play(two_clouds, static_cast<int>(Power::unlocked_phone), static_cast<int>(Power::password),
                   true, least_approved)
                  .leaves,
              start + days{7});
}

}  // namespace
}  // namespace sallyport::policy::takeover
