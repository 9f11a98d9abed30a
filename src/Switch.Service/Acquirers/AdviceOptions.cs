using System.ComponentModel.DataAnnotations;

namespace Switch.Service.Acquirers;

/// <summary>How one acquirer is told of reversals (S6): Switch:Acquirers:&lt;name&gt;:Advices.</summary>
internal sealed class AdviceOptions : IValidatableObject
{
    // Lists as one text: the binder would add a configured list to the default one instead of replacing it.
    private const string CodeList = "[0-9A-Z]{2}(,[0-9A-Z]{2}){0,63}";

    /// <summary>Advices sent at the same time.</summary>
    [Range(1, 1024)]
    public int Window { get; set; } = 8;

    /// <summary>
    /// DE 39 of answers that settle a reversal, comma-separated: done, and by default also "no such original" (25) and
    /// "repeated" (94), after which nothing is left to take back.
    /// </summary>
    [Required, RegularExpression(CodeList)]
    public string SettledCodes { get; set; } = "00,25,94";

    /// <summary>DE 39 of answers after which it is sent again, comma-separated; empty: none.</summary>
    [RegularExpression(CodeList)]
    public string RetryCodes { get; set; } = "91,96";

    /// <summary>Transmissions without a settling answer after which it is parked for a person.</summary>
    [Range(1, 1000)]
    public int TriesMax { get; set; } = 20;

    /// <summary>Shortest pause between two transmissions; the bound of the random pause doubles with each.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan RetryMin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan RetryMax { get; set; } = TimeSpan.FromMinutes(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RetryMin > RetryMax) yield return new("must not be longer than RetryMax", [nameof(RetryMin)]);
        var both = CodesOf(SettledCodes).Intersect(CodesOf(RetryCodes), StringComparer.Ordinal);
        if (both.FirstOrDefault() is { } code) yield return new($"{code} is in SettledCodes too", [nameof(RetryCodes)]);
    }

    /// <summary>The codes of a list.</summary>
    public static string[] CodesOf(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
