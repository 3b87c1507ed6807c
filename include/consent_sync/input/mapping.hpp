#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <consent_sync/consent/category.hpp>
#include <consent_sync/consent/composition.hpp>

namespace YAML {
class Node;
}

namespace consent_sync::input {

/// A mapping cannot be used. what() is a sentence that names the key.
class MappingError : public std::runtime_error {
 public:
  MappingError(int line, const std::string& sentence) : std::runtime_error(sentence), line_(line) {}
  /// The line of the YAML text that it stands in, from 1; 0 where it is about the mapping as a whole.
  int line() const { return line_; }

 private:
  int line_;
};

/// Where a value stands in a row.
struct Field {
  /// Of a CSV, the column's name (in whatever case). Of JSON, a JSON Pointer (RFC 6901), or a member's name.
  std::string name;
  /// A JSON Pointer into the JSON text that the field holds; "" where the field is the value.
  std::string pointer;

  friend bool operator==(const Field&, const Field&) = default;
};

/// How a row tells its decisions.
struct DecisionFields {
  enum class Form : std::uint8_t {
    fields,   ///< each category has a field of its own
    object,   ///< a JSON object of category: value
    pairs,    ///< text: "C0001:1,C0002:0"
    lists,    ///< the names of the allowed and the denied categories
    entries,  ///< a JSON array of objects, each with a category and a value
    rows,     ///< long form: a row speaks of one category
    tcf,      ///< an IAB TCF v2 consent string; the categories are its purposes, "1" to "24"
  };

  Form form = Form::fields;
  std::optional<Field> field;    ///< object, pairs, entries, tcf; lists: the allowed ones; rows: the category
  std::optional<Field> second;   ///< lists: the denied ones; rows: the value
  std::string category;          ///< entries: JSON Pointer to the category in each
  std::string value;             ///< entries: JSON Pointer to the value in each
  std::string form_key;          ///< pairs: the text is form-encoded (a=b&c=d), and this is the one to take
  bool percent_encoded = false;  ///< pairs, object: decode %3A and the like first
  char between = ',';            ///< pairs: between two pairs
  char within = ':';             ///< pairs: between category and value
};

/// A row is a choice of the customer's only if this holds; else it is invalid.
struct Condition {
  std::optional<Field> field;  ///< where the value stands, or:
  std::string key;             ///< of pairs, object: the key it has there
  std::vector<std::string> words;
  bool is_one_of = true;  ///< the value is one of the words, or none of them (also where it is missing)
};

/// Where the time of a choice stands, and how it may be written.
struct TimeField {
  Field field;
  /// rfc3339, epoch_s, epoch_ms, epoch_us, js, tcf, or a pattern such as "%d/%m/%Y %H:%M:%S".
  std::vector<std::string> formats;
  std::string zone;  ///< of formats that have none: "+01:00" or "UTC"; "" for none
};

/// How the rows of an input say what we need to know. Words are compared without regard to the case of ASCII
/// letters, categories of other platforms with regard to it.
struct Mapping {
  enum class Key : std::uint8_t {
    id,
    email,
    id_or_email,  ///< what has an "@" is an address, anything else an id
  };

  Key key = Key::id;
  Field customer;
  std::optional<TimeField> decided_at;
  DecisionFields decisions;
  std::vector<Condition> only_if;
  /// "" stands for a value that is empty, and for JSON's null.
  std::vector<std::string> allow_words;
  std::vector<std::string> deny_words;
  std::vector<std::string> unspecified_words;
  /// Categories of the other platform (fields, in that form) that feed ours: the parts.
  std::vector<std::string> parts;
  consent::Composition composition;
  std::vector<bool> inverted;        ///< by part: allow and deny change places
  std::vector<std::string> ignored;  ///< categories that are known and decide nothing
};

/// Reads a mapping from YAML. Throws MappingError.
Mapping read_mapping(const std::string& yaml);

/// Reads what there is of a mapping, without asking for the whole. Throws MappingError with its line.
void check_mapping_part(const YAML::Node& node);

/// A mapping's YAML text with the sections of `over` in place of those of `base`, but within categories one
/// by one; on one line. Throws MappingError.
std::string overlay_mapping(const std::string& base, const std::string& over);

}  // namespace consent_sync::input
