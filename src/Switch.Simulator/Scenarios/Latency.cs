namespace Switch.Simulator;

/// <summary>How long the host takes to answer. Draws are capped at <see cref="Max"/>.</summary>
internal abstract record Latency
{
    /// <summary>Longest latency a scenario may state or draw.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(10);

    /// <summary>No latency at all.</summary>
    public static readonly Latency None = new Fixed(TimeSpan.Zero);

    /// <summary>The next latency.</summary>
    public abstract TimeSpan Draw(SeededDraws draws);

    /// <summary>Always the same.</summary>
    public sealed record Fixed(TimeSpan Value) : Latency
    {
        /// <inheritdoc/>
        public override TimeSpan Draw(SeededDraws draws) => Value;
    }

    /// <summary>Evenly between two bounds.</summary>
    public sealed record Uniform(TimeSpan Low, TimeSpan High) : Latency
    {
        /// <inheritdoc/>
        public override TimeSpan Draw(SeededDraws draws) => Low + (High - Low) * draws.Next();
    }

    /// <summary>Log-normal, stated by its median and its 99th percentile: the shape of real hosts.</summary>
    public sealed record LogNormal(TimeSpan Median, TimeSpan P99) : Latency
    {
        // The 99th percentile of the standard normal distribution.
        private const double Z99 = 2.3263478740408408;

        private readonly double _sigma = Math.Log(P99 / Median) / Z99;

        /// <inheritdoc/>
        public override TimeSpan Draw(SeededDraws draws)
        {
            // Box and Muller; 1 - u keeps the logarithm off zero.
            var normal = Math.Sqrt(-2 * Math.Log(1 - draws.Next())) * Math.Cos(2 * Math.PI * draws.Next());
            var factor = Math.Exp(_sigma * normal);
            return factor < Max / Median ? Median * factor : Max;
        }
    }
}
