export type BibliographyKey =
  | 'austin2021structured'
  | 'chelba2013one'
  | 'ho2020denoising'
  | 'hoogeboom2021argmax'
  | 'kingma2015adam'
  | 'krizhevsky2009learning'
  | 'kudo2018sentencepiece'
  | 'lecun1998gradient'
  | 'mahoney2011text8'
  | 'nichol2021improved'
  | 'raffel2020exploring'
  | 'salimans2017pixelcnn'
  | 'sohldickstein2015deep'
  | 'vaswani2017attention'
  | 'xiao2017fashion';

/** BibTeX entries by their keys. */
export const bibliography: Readonly<Record<BibliographyKey, string>> = Object.freeze({
  austin2021structured: `@inproceedings{austin2021structured,
  title = {Structured Denoising Diffusion Models in Discrete State-Spaces},
  author = {Austin, Jacob and Johnson, Daniel D. and Ho, Jonathan and Tarlow, Daniel and van den Berg, Rianne},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {34},
  year = {2021},
  eprint = {2107.03006},
  archiveprefix = {arXiv}
}`,
  hoogeboom2021argmax: `@inproceedings{hoogeboom2021argmax,
  title = {Argmax Flows and Multinomial Diffusion: Learning Categorical Distributions},
  author = {Hoogeboom, Emiel and Nielsen, Didrik and Jaini, Priyank and Forr{\\'e}, Patrick and Welling, Max},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {34},
  year = {2021},
  eprint = {2102.05379},
  archiveprefix = {arXiv}
}`,
  sohldickstein2015deep: `@inproceedings{sohldickstein2015deep,
  title = {Deep Unsupervised Learning using Nonequilibrium Thermodynamics},
  author = {Sohl-Dickstein, Jascha and Weiss, Eric A. and Maheswaranathan, Niru and Ganguli, Surya},
  booktitle = {International Conference on Machine Learning},
  year = {2015},
  eprint = {1503.03585},
  archiveprefix = {arXiv}
}`,
  ho2020denoising: `@inproceedings{ho2020denoising,
  title = {Denoising Diffusion Probabilistic Models},
  author = {Ho, Jonathan and Jain, Ajay and Abbeel, Pieter},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {33},
  year = {2020},
  eprint = {2006.11239},
  archiveprefix = {arXiv}
}`,
  nichol2021improved: `@inproceedings{nichol2021improved,
  title = {Improved Denoising Diffusion Probabilistic Models},
  author = {Nichol, Alexander Quinn and Dhariwal, Prafulla},
  booktitle = {International Conference on Machine Learning},
  year = {2021},
  eprint = {2102.09672},
  archiveprefix = {arXiv}
}`,
  raffel2020exploring: `@article{raffel2020exploring,
  title = {Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer},
  author = {Raffel, Colin and Shazeer, Noam and Roberts, Adam and Lee, Katherine and Narang, Sharan and Matena, Michael and Zhou, Yanqi and Li, Wei and Liu, Peter J.},
  journal = {Journal of Machine Learning Research},
  volume = {21},
  number = {140},
  year = {2020},
  eprint = {1910.10683},
  archiveprefix = {arXiv}
}`,
  vaswani2017attention: `@inproceedings{vaswani2017attention,
  title = {Attention Is All You Need},
  author = {Vaswani, Ashish and Shazeer, Noam and Parmar, Niki and Uszkoreit, Jakob and Jones, Llion and Gomez, Aidan N. and Kaiser, Lukasz and Polosukhin, Illia},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {30},
  year = {2017},
  eprint = {1706.03762},
  archiveprefix = {arXiv}
}`,
  salimans2017pixelcnn: `@inproceedings{salimans2017pixelcnn,
  title = {{PixelCNN++}: Improving the {PixelCNN} with Discretized Logistic Mixture Likelihood and Other Modifications},
  author = {Salimans, Tim and Karpathy, Andrej and Chen, Xi and Kingma, Diederik P.},
  booktitle = {International Conference on Learning Representations},
  year = {2017},
  eprint = {1701.05517},
  archiveprefix = {arXiv}
}`,
  kingma2015adam: `@inproceedings{kingma2015adam,
  title = {Adam: A Method for Stochastic Optimization},
  author = {Kingma, Diederik P. and Ba, Jimmy},
  booktitle = {International Conference on Learning Representations},
  year = {2015},
  eprint = {1412.6980},
  archiveprefix = {arXiv}
}`,
  mahoney2011text8: `@misc{mahoney2011text8,
  title = {Large Text Compression Benchmark: About the Test Data},
  author = {Mahoney, Matt},
  year = {2011},
  note = {text8}
}`,
  chelba2013one: `@misc{chelba2013one,
  title = {One Billion Word Benchmark for Measuring Progress in Statistical Language Modeling},
  author = {Chelba, Ciprian and Mikolov, Tomas and Schuster, Mike and Ge, Qi and Brants, Thorsten and Koehn, Phillipp and Robinson, Tony},
  year = {2013},
  eprint = {1312.3005},
  archiveprefix = {arXiv}
}`,
  krizhevsky2009learning: `@techreport{krizhevsky2009learning,
  title = {Learning Multiple Layers of Features from Tiny Images},
  author = {Krizhevsky, Alex},
  institution = {University of Toronto},
  year = {2009}
}`,
  lecun1998gradient: `@article{lecun1998gradient,
  title = {Gradient-Based Learning Applied to Document Recognition},
  author = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  journal = {Proceedings of the IEEE},
  volume = {86},
  number = {11},
  year = {1998}
}`,
  xiao2017fashion: `@misc{xiao2017fashion,
  title = {{Fashion-MNIST}: a Novel Image Dataset for Benchmarking Machine Learning Algorithms},
  author = {Xiao, Han and Rasul, Kashif and Vollgraf, Roland},
  year = {2017},
  eprint = {1708.07747},
  archiveprefix = {arXiv}
}`,
  kudo2018sentencepiece: `@inproceedings{kudo2018sentencepiece,
  title = {{SentencePiece}: A Simple and Language Independent Subword Tokenizer and Detokenizer for Neural Text Processing},
  author = {Kudo, Taku and Richardson, John},
  booktitle = {Conference on Empirical Methods in Natural Language Processing: System Demonstrations},
  year = {2018},
  eprint = {1808.06226},
  archiveprefix = {arXiv}
}`,
});
