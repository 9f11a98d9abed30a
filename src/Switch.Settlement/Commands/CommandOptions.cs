using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Switch.Settlement.Days;

namespace Switch.Settlement.Commands;

/// <summary>Options that several verbs have.</summary>
internal static class CommandOptions
{
    /// <summary>A date, required.</summary>
    public static Option<DateOnly> Date(string name, string description) => new(name)
    {
        Description = description + ", as 2026-11-29",
        HelpName = "DATE",
        Required = true,
        CustomParser = Parse,
    };

    /// <summary>Who does it: what is signed with in the books.</summary>
    public static Option<string> By(string description) => new("--by")
    {
        Description = $"{description} (the user's name)",
        HelpName = "NAME",
        DefaultValueFactory = static _ => Environment.UserName,
    };

    /// <summary>A text, required.</summary>
    public static Option<string> Text(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Required = true,
    };

    /// <summary>A number from 1 on.</summary>
    public static Option<int> Count(string name, string description, int byDefault, int max)
    {
        var option = new Option<int>(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{description} ({byDefault})"),
            HelpName = "N",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 || result.GetValueOrDefault<int>() > max)
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is from 1 to {max}"));
        });
        return option;
    }

    /// <summary>A time in UTC, required.</summary>
    public static Option<DateTimeOffset> Time(string name, string description) => new(name)
    {
        Description = description + ", as 2026-11-29T08:00:00Z",
        HelpName = "TIME",
        Required = true,
        CustomParser = static result =>
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, Utc, out var time))
                return time;
            result.AddError($"'{result.Tokens[0].Value}' is no time, such as 2026-11-29T08:00:00Z");
            return default;
        },
    };

    private static DateOnly Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateOnly.TryParseExact(
            text, BusinessDay.Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        result.AddError($"'{text}' is no date, such as 2026-11-29");
        return default;
    }
}
