using System.Net;

namespace Switch.Load.Reports;

/// <summary>What all reports begin and end with: one file, which loads nothing and runs nothing.</summary>
internal static class HtmlPage
{
    public const string End = "</body>\n</html>\n";

    private const string Template = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>TITLE</title>
        <style>
        :root { color-scheme: light dark; --ink: #1c2733; --soft: #66727f; --rule: #d9dfe5; --paper: #fff;
          --a: #0b66c3; --b: #c2410c; --c: #8a949e; --bad: #b3261e; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6ebf0; --soft: #9aa6b2; --rule: #313a44;
          --paper: #14191f; --a: #66aef7; --b: #f29a63; --c: #7d8894; --bad: #ff8a80; } }
        body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
          max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
        h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
        p.card { color: var(--soft); margin: 0 0 1.5rem; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; }
        .tiles div { border: 1px solid var(--rule); border-radius: .5rem; padding: .6rem .8rem; }
        .tiles b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
        .tiles span { color: var(--soft); font-size: .85rem; }
        .bad { color: var(--bad); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid var(--rule); }
        th { color: var(--soft); font-weight: 600; font-size: .85rem; }
        th.name, td.name { text-align: left; }
        .wide { overflow-x: auto; }
        svg { width: 100%; height: auto; display: block; overflow: visible; }
        svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
        svg text.x { text-anchor: middle; }
        svg text.y { text-anchor: end; }
        svg .grid { stroke: var(--rule); stroke-width: 1; }
        svg polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
        svg .a { stroke: var(--a); } svg .b { stroke: var(--b); }
        svg .c { stroke: var(--c); stroke-dasharray: 5 4; } svg .bad { stroke: var(--bad); }
        .legend { margin: .1rem 0 0 4rem; color: var(--soft); font-size: .85rem; }
        .legend span { margin-right: 1.25rem; }
        .legend i { display: inline-block; width: 1.1rem; height: 0; border-top: 2px solid; margin-right: .4rem;
          vertical-align: middle; }
        .legend .a { border-color: var(--a); } .legend .b { border-color: var(--b); }
        .legend .c { border-color: var(--c); border-top-style: dashed; } .legend .bad { border-color: var(--bad); }
        </style>
        </head>
        <body>
        """;

    /// <summary>Up to the begin of the body.</summary>
    public static string Head(string title) =>
        Template.Replace("TITLE", WebUtility.HtmlEncode(title), StringComparison.Ordinal);
}
