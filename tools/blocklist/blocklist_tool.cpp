// Makes and checks resources/password-blocklist/blocklist.bin. Run by hand, through tools/blocklist/run.
// `blocklist_tool make OUT ROWS_MAX FILE…` takes the first ROWS_MAX distinct rows of the files, in their
// order. `blocklist_tool check FILTER ROWS_MAX NON_MEMBERS FILE…` looks whether each of those rows is found,
// and how many of so many random texts are.
#include "proof/blocklist.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <ranges>
#include <span>
#include <stdexcept>
#include <unordered_set>

namespace {

using namespace sallyport;
namespace format = proof::blocklist_format;

constexpr std::size_t row_code_points_min = 8;

struct Rows {
    std::vector<std::string> normalized; // distinct, in the order of the files
    std::unordered_set<std::string> known;
};

std::size_t code_points(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

/// Takes the rows of a file until there are `rows_max`.
void take_rows(const std::string& path, std::size_t rows_max, Rows& rows)
{
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::size_t read = 0;
    std::size_t taken = 0;
    for (std::string line; rows.known.size() < rows_max && std::getline(in, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (code_points(line) < row_code_points_min || line.size() > proof::Blocklist::password_bytes_max)
            continue;
        std::optional<std::string> normalized = format::normalized(line);
        if (!normalized) continue;
        ++read;
        if (rows.known.insert(*normalized).second) {
            rows.normalized.push_back(std::move(*normalized));
            ++taken;
        }
    }
    std::cout << path << ": " << read << " rows of 8 characters or more, " << taken << " new\n";
}

format::Shape shape_for(std::size_t rows, std::uint64_t seed)
{
    // The sizes of the paper's section 4, for three slots.
    const double count = static_cast<double>(std::max<std::size_t>(rows, 16));
    const auto exponent = static_cast<unsigned>(std::floor(std::log(count) / std::log(3.33) + 2.25));
    const std::uint32_t segment_slots = std::min(1U << exponent, format::segment_slots_max);
    const double factor = std::max(1.125, 0.875 + 0.25 * std::log(1e6) / std::log(count));
    const auto wanted = static_cast<std::size_t>(std::round(count * factor));
    const std::size_t segments = (wanted + segment_slots - 1) / segment_slots;
    return format::Shape{segment_slots, static_cast<std::uint32_t>(std::max<std::size_t>(segments, 3) - 2),
                         seed};
}

/// Peels the hypergraph: takes, again and again, a row that is alone in one of its slots, then fills the
/// slots in the opposite order. Empty where some rows are left over: another seed will do.
std::vector<std::uint16_t> fill(const std::vector<std::string>& rows, const format::Shape& shape)
{
    std::vector<format::Probe> probes;
    probes.reserve(rows.size());
    for (const std::string& row : rows)
        probes.push_back(format::probe_of(format::hash_of(row, shape.seed), shape));
    std::vector<std::uint32_t> counts(shape.slots(), 0);
    std::vector<std::uint32_t> sums(shape.slots(), 0); // exclusive or of the rows in the slot
    for (std::uint32_t row = 0; row < probes.size(); ++row) {
        for (const std::size_t slot : probes[row].slots) {
            ++counts[slot];
            sums[slot] ^= row;
        }
    }
    std::vector<std::size_t> alone;
    for (std::size_t slot = 0; slot < counts.size(); ++slot) {
        if (counts[slot] == 1) alone.push_back(slot);
    }
    std::vector<std::pair<std::uint32_t, std::size_t>> order;
    order.reserve(probes.size());
    while (!alone.empty()) {
        const std::size_t slot = alone.back();
        alone.pop_back();
        if (counts[slot] != 1) continue;
        const std::uint32_t row = sums[slot];
        order.emplace_back(row, slot);
        for (const std::size_t other : probes[row].slots) {
            sums[other] ^= row;
            if (--counts[other] == 1) alone.push_back(other);
        }
    }
    if (order.size() != probes.size()) return {};
    std::vector<std::uint16_t> slots(shape.slots(), 0);
    for (const auto& [row, slot] : std::views::reverse(order)) {
        std::uint16_t value = probes[row].fingerprint;
        for (const std::size_t other : probes[row].slots)
            value = static_cast<std::uint16_t>(value ^ slots[other]);
        slots[slot] = value;
    }
    return slots;
}

template <class Number>
void append(Bytes& out, Number number)
{
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

Bytes make(const Rows& rows)
{
    for (std::uint64_t seed = 1;; ++seed) {
        const format::Shape shape = shape_for(rows.normalized.size(), seed);
        const std::vector<std::uint16_t> slots = fill(rows.normalized, shape);
        if (slots.empty()) continue;
        Bytes file = to_bytes(format::magic);
        append(file, shape.segment_slots);
        append(file, shape.segments);
        append(file, std::uint64_t{rows.normalized.size()});
        append(file, shape.seed);
        file.resize(format::slots_offset);
        for (const std::uint16_t slot : slots) append(file, slot);
        std::ranges::copy(format::digest_of(file), file.begin() + format::digest_offset);
        std::cout << "seed " << seed << ", " << rows.normalized.size() << " rows, " << file.size()
                  << " bytes\n";
        return file;
    }
}

/// Returns whether every row is found and false hits stay within the bound.
bool check(const Bytes& file, const Rows& rows, std::size_t non_members)
{
    const std::optional<proof::Blocklist> list = proof::Blocklist::open(file);
    if (!list) {
        std::cout << "the file cannot be opened\n";
        return false;
    }
    std::size_t found = 0;
    for (const std::string& row : rows.normalized) {
        if (list->contains(row)) {
            ++found;
        } else {
            std::cout << "not found: " << to_hex(as_bytes(row)) << '\n';
        }
    }
    std::mt19937_64 generator(20'250'101);
    std::size_t hits = 0;
    for (std::size_t i = 0; i < non_members; ++i) {
        std::string text;
        for (int c = 0; c < 14; ++c) text += static_cast<char>('!' + generator() % 94);
        if (!rows.known.contains(*format::normalized(text)) && list->contains(text)) ++hits;
    }
    const double percent = 100.0 * static_cast<double>(hits) / static_cast<double>(non_members);
    std::cout << found << " of " << rows.normalized.size() << " rows found; " << hits << " of " << non_members
              << " random texts found (" << percent << " %)\n";
    return found == rows.normalized.size() && percent <= 0.002;
}

int run(std::span<char*> arguments)
{
    if (arguments.size() < 6) {
        std::cerr << "blocklist_tool make OUT ROWS_MAX FILE… | check FILTER ROWS_MAX NON_MEMBERS FILE…\n";
        return 2;
    }
    const bool makes = std::string_view(arguments[1]) == "make";
    const std::string path = arguments[2];
    const std::size_t rows_max = std::stoull(arguments[3]);
    Rows rows;
    for (const char* file : arguments.subspan(makes ? 4 : 5)) take_rows(file, rows_max, rows);
    if (makes) {
        const Bytes file = make(rows);
        std::ofstream out(path, std::ios::binary);
        const std::string_view text = as_text(file);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        return out.flush() ? 0 : 1;
    }
    std::ifstream in(path, std::ios::binary);
    const Bytes file = to_bytes(std::string(std::istreambuf_iterator<char>(in), {}));
    return check(file, rows, std::stoull(arguments[4])) ? 0 : 1;
}

} // namespace

int main(int count, char** arguments)
{
    try {
        return run(std::span(arguments, static_cast<std::size_t>(count)));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
