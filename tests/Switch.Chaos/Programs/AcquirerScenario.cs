using System.Globalization;
using System.Text;

namespace Switch.Chaos.Programs;

/// <summary>
/// How the acquirers misbehave. The amount says it: its remainder by <see cref="Modulus"/> is the number of a
/// behaviour, so that a terminal decides it, and a second send of the same payment meets the same.
/// </summary>
internal static class AcquirerScenario
{
    public const int Modulus = 1000;

    /// <summary>What an acquirer does to one payment.</summary>
    /// <param name="Name">Name of the rule, in the ledger and in the report.</param>
    /// <param name="Then">The scenario's action.</param>
    /// <param name="PerMille">How many of 1,000 payments meet it.</param>
    /// <param name="IsFault">Counts as a fault; else it is daily business.</param>
    /// <param name="LosesRequest">It never gets into the books.</param>
    internal sealed record Behaviour(
        string Name, string Then, int PerMille, bool IsFault = true, bool LosesRequest = false);

    /// <summary>Their index + 1 is the remainder; 0 approves at once.</summary>
    public static readonly IReadOnlyList<Behaviour> Behaviours =
    [
        new("insufficient_funds", "{ code: \"51\" }", 30, IsFault: false),
        new("do_not_honour", "{ code: \"05\" }", 20, IsFault: false),
        new("half_approved", "{ partial: 50% }", 10, IsFault: false),
        new("issuer_unavailable", "{ code: \"91\" }", 8, IsFault: false),
        new("unknown_code", "{ code: \"Z9\" }", 3),
        new("slow", "{ latency: 300ms }", 20, IsFault: false),
        new("silent", "{ silent: processed }", 5),
        new("request_lost", "{ silent: lost }", 4, LosesRequest: true),
        new("late", "{ late: 1500ms }", 5),
        new("nearly_late", "{ latency: { uniform: 900-1100ms } }", 6),
        new("answers_twice", "{ answer_twice: true }", 10),
        new("disconnects_after", "{ disconnect: after }", 2),
        new("disconnects_instead", "{ disconnect: instead }", 2),
        new("disconnects_before", "{ disconnect: before }", 2, LosesRequest: true),
        new("drops_field_11", "{ drop_field: [11] }", 2),
        new("drops_field_37", "{ drop_field: [37] }", 2),
        new("drops_field_41", "{ drop_field: [41] }", 2),
        new("drops_field_39", "{ drop_field: [39] }", 2),
        new("changes_field_11", "{ change_field: { 11: \"000001\" } }", 2),
        new("changes_field_37", "{ change_field: { 37: \"ZZZZZZZZZZZZ\" } }", 2),
        new("changes_field_41", "{ change_field: { 41: \"WRONG001\" } }", 2),
        new("garbage", "{ malformed: garbage }", 1),
        new("truncated", "{ malformed: truncated }", 1),
    ];

    /// <summary>Whether acquirers lose the request for that amount, as told.</summary>
    public static bool Loses(long amountMinor) =>
        (int)(amountMinor % Modulus) is > 0 and var number && Behaviours[number - 1].LosesRequest;

    /// <summary>The remainder for a draw of 0 to 999.</summary>
    public static int Draw(int perMille)
    {
        for (var i = 0; i < Behaviours.Count; i++)
        {
            if (perMille < Behaviours[i].PerMille) return i + 1;
            perMille -= Behaviours[i].PerMille;
        }

        return 0;
    }

    public static string Text(int seed)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $$"""
            seed: {{seed}}
            defaults:
              latency: { lognormal: { median: 3ms, p99: 20ms } }
            network:
              require_sign_on: true
              before_sign_on: drop
            duplicates:
              match: rrn
              answer: replay
            rules:
              - { name: reversal silent, when: { kind: reversal, probability: 0.04 }, then: silent }
              - { name: reversal lost, when: { kind: reversal, probability: 0.04 }, then: { silent: lost } }
              - { name: reversal again, when: { kind: reversal, probability: 0.04 }, then: { code: "96" } }
              - { name: reversal cut, when: { kind: reversal, probability: 0.01 }, then: { disconnect: instead } }

            """));
        for (var i = 0; i < Behaviours.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - name: {Behaviours[i].Name}\n");
            text.Append(
                CultureInfo.InvariantCulture, $"    when: {{ amount_mod: {{ by: {Modulus}, is: {i + 1} }} }}\n");
            text.Append(CultureInfo.InvariantCulture, $"    then: {Behaviours[i].Then}\n");
        }

        return text.ToString();
    }
}
