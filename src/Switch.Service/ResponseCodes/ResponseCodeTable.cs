using System.Collections.Frozen;
using System.Text.Json;
using Switch.Contracts.V1;

namespace Switch.Service.ResponseCodes;

/// <summary>What a response code means to the switch (S14).</summary>
/// <param name="Code">DE 39, two characters.</param>
/// <param name="Outcome">Approved, partially approved or declined.</param>
/// <param name="TerminalText">For the terminal's display, at most 40 characters.</param>
/// <param name="RetryElsewhere">A definite answer that another acquirer may still turn into an approval.</param>
/// <param name="IsKnown">False for a code that the table lacks: it may have been an approval, so it is
/// reversed.</param>
internal sealed record ResponseCode(
    string Code, Outcome Outcome, string TerminalText, bool RetryElsewhere, bool IsKnown = true);

/// <summary>
/// The one table of response codes (S14): data, not code. The table inside the service can be replaced by a file.
/// </summary>
internal sealed class ResponseCodeTable
{
    /// <summary>DE 39 when an attempt never got an answer and is reversed (S5).</summary>
    public const string NoAnswer = "68";

    /// <summary>DE 39 when nothing could be sent to any acquirer.</summary>
    public const string Unavailable = "91";

    /// <summary>DE 39 for an authorization whose reversal came first (S9).</summary>
    public const string InvalidTransaction = "12";

    /// <summary>DE 39 in place of a partial approval that the terminal cannot take (S10).</summary>
    public const string InsufficientFunds = "51";

    private readonly FrozenDictionary<string, ResponseCode> _codes;
    private readonly ResponseCode _unknown;

    private ResponseCodeTable(FrozenDictionary<string, ResponseCode> codes, ResponseCode unknown)
    {
        _codes = codes;
        _unknown = unknown;
    }

    /// <summary>The code's meaning; one that the table lacks means what the table says of unknown codes.</summary>
    public ResponseCode this[string code] => _codes.TryGetValue(code, out var known) ? known : _unknown;

    /// <summary>Whether a text can be a DE 39 at all: two letters or digits.</summary>
    public static bool IsCode(string text) => text.Length == 2 && text.All(char.IsAsciiLetterOrDigit);

    /// <summary>Whether the code has a meaning of its own.</summary>
    public bool Knows(string code) => _codes.ContainsKey(code);

    /// <summary>The table that ships inside the service.</summary>
    public static ResponseCodeTable LoadDefault()
    {
        using var stream = typeof(ResponseCodeTable).Assembly.GetManifestResourceStream("response-codes.json")!;
        return Parse(stream, "response-codes.json");
    }

    /// <summary>A table from a file of the same format.</summary>
    /// <exception cref="InvalidDataException">The file is no such table; the message lists every fault.</exception>
    public static ResponseCodeTable Load(string path)
    {
        using var stream = File.OpenRead(path);
        return Parse(stream, path);
    }

    private static ResponseCodeTable Parse(Stream stream, string name)
    {
        ResponseCodeFile file;
        try
        {
            file = ResponseCodeFile.Read(stream);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: not a response code table: {e.Message}", e);
        }

        foreach (var required in (string[])["00", NoAnswer, Unavailable, InvalidTransaction, InsufficientFunds])
            if (!file.Codes.ContainsKey(required))
                file.Faults.Add($"codes: {required} is missing; the switch itself answers with it");
        if (file.Codes.TryGetValue("00", out var full)
            && (full.Outcome is Outcome.Declined or Outcome.PartiallyApproved))
            file.Faults.Add("codes.00.outcome: must be approved; acquirers approve the whole amount with it");
        foreach (var declines in (string[])[NoAnswer, Unavailable, InvalidTransaction, InsufficientFunds])
            if (file.Codes.TryGetValue(declines, out var own) && Approves(own))
                file.Faults.Add($"codes.{declines}.outcome: must be declined; the switch itself declines with it");
        if (file.Unknown is not { } unknown || !file.Codes.TryGetValue(unknown, out var meaning))
        {
            file.Faults.Add($"unknown: {file.Unknown ?? "nothing"} is not one of the codes");
            meaning = null;
        }
        else if (Approves(meaning))
            file.Faults.Add($"unknown: {unknown} is no decline; a code that nobody knows would be an approval");

        return file.Faults.Count > 0
            ? throw new InvalidDataException($"{name}: {string.Join("; ", file.Faults)}")
            : new ResponseCodeTable(
                file.Codes.ToFrozenDictionary(StringComparer.Ordinal), meaning! with { IsKnown = false });
    }

    // An outcome that could not be read is a fault of its own.
    private static bool Approves(ResponseCode code) => code.Outcome is Outcome.Approved or Outcome.PartiallyApproved;
}
